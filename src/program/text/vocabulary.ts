/** The words of the text form, each with how it is written and what it means in a line: for editors and help. */

import type { FunctionName } from '../functions/signatures.ts';
import { type UnaryName, unaryFunctions } from '../unary.ts';
import type { OtherFunction } from './names.ts';
import type { DeclarationWord, LawWord } from './parseText.ts';

/** What a word does in a program. */
export type WordKind = 'declaration' | 'law' | 'function';

/** A word of the language. */
export interface LanguageWord {
  readonly word: string;
  readonly kind: WordKind;
  /** How it is written. */
  readonly form: string;
  /** In one line. */
  readonly meaning: string;
}

type Described = readonly [form: string, meaning: string];

const declarations: Readonly<Record<DeclarationWord | 'program', Described>> = {
  program: ['program two layers', 'the name of the program, any words; the first line'],
  width: ['width n, wide = 4 n', 'dimensions that grow without bound in the infinite-width reading'],
  fixed: ['fixed batch, class = 3', 'dimensions that stay finite'],
  data: ['data x[batch, input]', 'numbers given when the program runs'],
  initial: ["initial W[n, n'] ~ normal(|n|^-0.5)", 'entries drawn independently by a law, not trained'],
  parameter: ['parameter w[n]', 'trainable entries, drawn by a law'],
  state: ['state m[n] ~ 0', 'carried from step to step; the law is what a run starts from'],
  output: ['output f = avg(x)', 'a value that the program hands out'],
  next: ['next state m = speed', 'what a state is at the next step'],
  no: ['no outputs', 'says that a program hands out nothing'],
  keep: ['keep y = tanh(x)', 'computes a value that no output depends on'],
};

const laws: Readonly<Record<LawWord, Described>> = {
  normal: ['normal(|n|^-0.5)', 'Gaussian entries of mean 0 and this standard deviation (IVb 2.6.3)'],
  rademacher: ['rademacher(|n|^-0.5)', 'this number with an even random sign (IVb 2.6.4)'],
};

const functions: Readonly<Record<OtherFunction | FunctionName, Described>> = {
  avg: ['avg(x)', 'the mean over all width axes: Avg (IVb 2.6.1)'],
  mean: ['mean[n](x)', 'the mean over the named axes'],
  sum: ['sum[batch](x)', 'the sum over the named axes'],
  max: ['max[n](x), max(x, y)', 'the largest over the named axes, or of two values entry by entry'],
  min: ['min(x, y)', 'the smaller of two values entry by entry'],
  map: ['map[x, y](y * tanh($1))', 'a formula of operands in a given order, entry by entry'],
  scatter: ['scatter[class = i; batch](z)', 'z added up at the indices i: the adjoint of x[class = i]'],
  window: ['window[time -> place, tap; pad 1](x)', 'windows along a fixed axis'],
  overlap: [
    'overlap[place, tap -> time; pad 1](y)',
    'entries of windows added up where they overlap: the adjoint of window',
  ],
  split: ['split[pair -> batch, class](p)', 'a fixed axis as several, the first the slowest'],
  merge: ['merge[batch, class -> pair](x)', 'several fixed axes as one: the inverse of split'],
  concat: ['concat[past, new -> time](x, y)', 'values one after the other along a fixed axis'],
  select: ['select[time -> part; after 1](x)', 'a range of a fixed axis'],
  pad: ['pad[part -> time; after 1](y)', 'the same numbers among zeros: the adjoint of select'],
  softmax: ['softmax[time](x)', 'exponentials over their sum over the named axes'],
  logSumExp: ['logSumExp[class](x)', 'the logarithm of the sum of exponentials'],
  normalize: ['normalize[n](x, epsilon = 1e-5)', 'less the mean, over the standard deviation'],
  inverseDeviation: ['inverseDeviation[n](x, epsilon = 1e-5)', 'one over the standard deviation'],
  newtonSchulz: ["newtonSchulz[n, n'](W, steps = 5)", 'Newton–Schulz steps towards the nearest orthogonal matrix'],
  spectralNormalize: ["spectralNormalize[n, n'](W)", 'a matrix over its largest singular value'],
  precondition: ["precondition[n, n'](W, L, R)", 'W between inverse roots of the positive matrices L and R'],
  intoEigenbases: ["intoEigenbases[n, n'](W, L, R)", 'W in the eigenbases of the symmetric matrices L and R'],
  outOfEigenbases: ["outOfEigenbases[n, n'](W, L, R)", 'the inverse of intoEigenbases'],
  eigenbasis: ['eigenbasis[n](L)', 'eigenvectors of a symmetric matrix'],
};

const described = (kind: WordKind, table: Readonly<Record<string, Described>>): LanguageWord[] =>
  Object.entries(table).map(([word, [form, meaning]]) => ({ word, kind, form, meaning }));

const scalarFunctions = (Object.keys(unaryFunctions) as UnaryName[]).map(
  (word): LanguageWord => ({ word, kind: 'function', form: `${word}(x)`, meaning: unaryFunctions[word].formula }),
); // keys of a total map

/** Every word of the language: declarations, laws, functions. */
export const vocabulary: readonly LanguageWord[] = [
  ...described('declaration', declarations),
  ...described('law', laws),
  ...described('function', functions),
  ...scalarFunctions,
];
