/** Which exported functions, entries and methods give quantities that follow the width, and whether comments say how. */

import { isFunction, type Member, membersOf, withoutComments, wordsOf } from './declarations.ts';

/** Rooms of networks at a width and in the limit of it; of the others the quantities are those of these. */
export const ROOMS_OF_WIDTH = [
  'parametrizations',
  'nets',
  'optimizers',
  'kets',
  'kernels',
  'finite',
  'training',
  'program',
] as const;

/** One exponent. `Exponents`, `Scales`, `Parametrization` and `LimitingKernels` say themselves what their entries are. */
const EXPONENT = /\bExponent(?:Like)?\b/;
/** A network, whose weights are drawn at a width. */
const NET = /\): Net\b/;

/** Words of names of initial deviations, multipliers, rates, updates, kernels, coordinates and their averages. */
const QUANTITIES = new Set(
  [
    'deviation variance std multiplier scale readout', // at initialization
    'rate rates gradient gradients epsilon decay norm threshold tolerance', // of a step
    'kernel kernels nngp ntk covariance mean average product products coordinates hat dot update estimate limit error errors', // of what is made of them
  ].flatMap((words) => words.split(' ')),
);
const NUMBERS = /\b(?:number|Expr(?:Like)?|Matrix|Both|Tensors?|Columns?|Rates?|Estimates?|Value|Threshold)\b/;

const isQuantity = (name: string): boolean => wordsOf(name).some((word) => QUANTITIES.has(word));

const followsWidth = ({ name, type }: Pick<Member, 'name' | 'type'>): boolean => {
  const words = withoutComments(type);
  return EXPONENT.test(words) || (isQuantity(name) && NUMBERS.test(words));
};

/** A declaration itself where it is a function, else its entries: what of it follows the width, with all comments above. */
export function quantitiesOfWidth(name: string, declaration: string, comment: string): Omit<Member, 'type'>[] {
  const own = { name, type: declaration, comment };
  if (isFunction(declaration)) {
    const signature = withoutComments(declaration);
    const result = signature.slice(signature.lastIndexOf('): '));
    return NET.test(result) || followsWidth({ name, type: result }) ? [own] : [];
  }
  return membersOf(declaration)
    .filter(followsWidth)
    .map((member) => ({ name: `${member.name} of ${name}`, comment: `${member.comment}\n${comment}` }));
}

const SCALING = [
  /(?<!\w)n\^|(?<!\w)1\/√?n\b|√n\b|\bsize(?:\(\w+\))?\^/,
  /\border (?:1|n)\b/,
  /\bpowers? of (?:n\b|the width|(?:an? |its |their )?sizes?)|\bexponents? of (?:n|the width)\b/i,
  /\binfinite(?:ly)? wid(?:e|th)|\b(?:in|at|of) (?:the|its|their) limits?\b|\blimits? of\b|\bthe width grows\b/,
  /\b(?:at|with|whatever|in|of) (?:the|this|a|any|every|its) widths?\b/,
];

export const statesScaling = (comment: string): boolean => {
  const text = comment.replace(/\s+/g, ' ');
  return SCALING.some((pattern) => pattern.test(text));
};
