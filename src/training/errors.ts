/** Wording of the errors of this room. */

import { required, UserError } from '../errors/index.ts';
import {
  type Exponent,
  type FlatGradient,
  negated,
  printExponent,
  printPower,
  type UnaryName,
} from '../program/index.ts';
import { type Place, printPlace } from './places.ts';

// Losses

export function badLoss(loss: string, what: string, given: readonly number[]): UserError {
  return new UserError(
    'training.bad-loss',
    `the ${what} of the loss "${loss}" reads argument ${given.join(' and ')}; expected argument 0, the output, and 1, the target, alone.`,
    { loss, what, given },
  );
}

export function noClasses(output: string, axes: readonly string[]): UserError {
  return new UserError(
    'training.no-classes',
    `cross-entropy needs an output with a class axis, but "${output}" is on [${axes.join(', ')}]; give the network classes, or take another loss.`,
    { output, axes },
  );
}

// Data

export function noExamples(names: readonly string[]): UserError {
  return new UserError(
    'training.no-examples',
    `there are no examples to train on: expected data with the axis "batch", at least one long, but ${names.length === 0 ? 'none were given' : `${names.join(', ')} have none`}.`,
    { names },
  );
}

export function unevenData(counts: readonly (readonly [string, number])[]): UserError {
  const all = counts.map(([name, count]) => `${name} of ${count}`).join(', ');
  return new UserError(
    'training.uneven-data',
    `data of different numbers of examples: ${all}; expected as many rows along "batch" in each.`,
    { counts },
  );
}

export function badBatch(given: number): UserError {
  return new UserError(
    'training.bad-batch',
    `a mini-batch is of a whole number of examples from 1 on, but ${given} was given.`,
    { given },
  );
}

export function badShare(given: number): UserError {
  return new UserError(
    'training.bad-share',
    `the share of examples held out lies between 0 and 1, but ${given} was given; take 0.2 for a fifth.`,
    { given },
  );
}

export function nothingToHoldOut(): UserError {
  return new UserError('training.nothing-to-hold-out', 'one example cannot be trained on and held out; give more.');
}

/** An entry of data that cannot be trained on. */
export interface BadEntry {
  readonly name: string;
  readonly place: Place;
  readonly given: number;
  readonly expected: string;
}

export function badData(program: string, found: readonly BadEntry[]): UserError {
  const lines = found.map(({ name, place, given, expected }) => {
    const at = printPlace(place);
    return `  ${name}: ${given}${at === '' ? '' : ` at ${at}`}, expected ${expected}`;
  });
  return new UserError(
    'training.bad-data',
    `data that program "${program}" cannot train on (places count from 0):\n${lines.join('\n')}`,
    { program, found },
  );
}

// Training

export function nothingToTrain(net: string, parameters: readonly string[]): UserError {
  return new UserError(
    'training.nothing-to-train',
    `no parameter of "${net}" is left to train; leave one of them free: ${parameters.join(', ')}.`,
    { net, parameters },
  );
}

/** What takes values like those of a function without a derivative. */
const SMOOTH: Partial<Readonly<Record<UnaryName, UnaryName>>> = { sign: 'tanh', step: 'sigmoid' };

/** Parameters that are to be trained, and bear on the output through such functions alone. */
export function flatGradients(net: string, flat: readonly FlatGradient[]): UserError {
  const names = flat.map(({ parameter }) => parameter);
  const maps = flat.flatMap(({ through }) => through);
  const functions = [...new Set(maps.flatMap((map) => map.functions))];
  const places = [...new Set(maps.map(({ value }) => value))];
  const [bear, them] = names.length === 1 ? ['it bears', 'it'] : ['they bear', 'them'];
  const flatOnes = functions.join(' and ');
  const smooth = functions.map((name) => required(SMOOTH[name], `what is like ${name}`)).join(' and ');
  return new UserError(
    'training.flat-gradients',
    `${few(names)} of "${net}" would never learn: ${bear} on the output through ${flatOnes} alone, at ${few(places)}, and the derivative of ${flatOnes} is 0 wherever there is one. Take ${smooth} there, which takes like values, or another function with a derivative; or leave ${them} out of what is trained.`,
    { net, flat },
  );
}

export function noLoss(program: string, outputs: readonly string[]): UserError {
  return new UserError(
    'training.no-loss',
    `program "${program}" has no number "loss" to follow; it hands out ${outputs.join(', ') || 'nothing'}. Give the error signal a loss.`,
    { program, outputs },
  );
}

export function badSteps(what: string, given: number): UserError {
  return new UserError('training.bad-steps', `${what} is a whole number from 1 on, but ${given} was given.`, {
    what,
    given,
  });
}

// Checkpoints

export function noCheckpoint(where: string, problem: string): UserError {
  return new UserError(
    'training.no-checkpoint',
    `'${where}' is no checkpoint that this version reads: ${problem}. Delete it to train from the start, or give another one.`,
    { where, problem },
  );
}

/** A state that the checkpoint and the program do not share; undefined where one has none. */
export interface StateProblem {
  readonly name: string;
  readonly here: readonly number[] | undefined;
  readonly there: readonly number[] | undefined;
}

const LISTED = 12;

const few = (names: readonly string[]): string =>
  names.length > LISTED ? `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more` : names.join(', ');

const listed = (lines: readonly string[]): string => {
  const rest = lines.length - LISTED;
  const shown = lines.slice(0, LISTED).map((line) => `\n  ${line}`);
  return `${shown.join('')}${rest > 0 ? `\n  and ${rest} more` : ''}`;
};

const shapeText = (shape: readonly number[]): string => (shape.length === 0 ? 'a number' : shape.join(' × '));

export function otherArchitecture(
  where: string,
  there: string,
  here: string,
  problems: readonly StateProblem[],
): UserError {
  const lines = problems.map(({ name, here: own, there: found }) => {
    if (found === undefined) return `${name}: not in the checkpoint; expected ${shapeText(own ?? [])}`;
    if (own === undefined) return `${name}: ${shapeText(found)} in the checkpoint, and nothing here`;
    return `${name}: ${shapeText(found)} in the checkpoint, expected ${shapeText(own)}`;
  });
  const count = problems.length === 1 ? '1 state differs' : `${problems.length} states differ`;
  return new UserError(
    'training.other-architecture',
    `checkpoint '${where}' is of another network, width or optimizer: it holds "${there}", and this is "${here}". ${count}:${listed(lines)}\nGive the network, width and optimizer that it was made with, or another checkpoint.`,
    { where, problems },
  );
}

/** Something that decides the numbers of a training; undefined where one has none. */
export interface Difference {
  readonly name: string;
  readonly here: string | undefined;
  readonly there: string | undefined;
}

export function otherTraining(where: string, differences: readonly Difference[]): UserError {
  const lines = differences.map(
    ({ name, here, there }) => `${name}: ${there ?? 'nothing'} in the checkpoint, given ${here ?? 'nothing'}`,
  );
  return new UserError(
    'training.other-training',
    `checkpoint '${where}' is of another training of the same network:${listed(lines)}\nGo on with what it was made with, or give another checkpoint.`,
    { where, differences },
  );
}

export function tooFar(where: string, there: number, given: number): UserError {
  return new UserError(
    'training.too-far',
    `checkpoint '${where}' is of step ${there}, and ${given} steps were asked for; expected as many or more. Give more steps, or another checkpoint.`,
    { where, there, given },
  );
}

// The neural tangent limit

export function noTangentLimit(program: string, condition: string, found: string, remedy: string): UserError {
  return new UserError(
    'training.no-tangent-limit',
    `"${program}" has no neural tangent limit: it asks for ${condition}, but ${found}; ${remedy}.`,
    { program, condition, found },
  );
}

export function unsized(program: string, space: string): UserError {
  return new UserError(
    'training.unsized',
    `the outputs of "${program}" run along "${space}", whose size is open; make it a number, such as fixed ${space} = 4.`,
    { program, space },
  );
}

export function noLimit(parametrization: string, optimizer: string, regime: string, why: readonly string[]): UserError {
  return new UserError(
    'training.no-limit',
    `training in "${parametrization}" by ${optimizer} has no limit to speak of, for it is ${regime}: ${why.join(' ')} \`nexort classify\` tells more; take mup, or ntp.`,
    { parametrization, optimizer, regime, why },
  );
}

/** A readout that starts smaller than its first update, under a rule that minds. */
export function outgrown(
  parametrization: string,
  optimizer: string,
  layer: number,
  start: Exponent,
  rate: Exponent,
): UserError {
  return new UserError(
    'training.no-limit',
    `training in "${parametrization}" by ${optimizer} has no limit to speak of: features move, and the readout starts at size ${printPower(negated(start))}, below its first update of ${printPower(negated(rate))}, so that what Q sees of the layers below grows by a power of n after one step, while ${optimizer} takes both alike. Start it at that size (b_${layer} = ${printExponent(rate)}), or at zero.`,
    { parametrization, optimizer, layer },
  );
}

/** A setting that changes while a network trains, in a table of numbers. */
export function recipeSchedule(parameter: string): UserError {
  return new UserError(
    'training.recipe-schedule',
    `a recipe is a table of numbers, but a setting of "${parameter}" changes from step to step; give it as a number, and the schedule to the optimizer that the recipe is used with.`,
    { parameter },
  );
}

/** What a library has no place for. */
export function notWritable(target: string, problems: readonly string[]): UserError {
  return new UserError(
    'training.recipe-target',
    `this recipe cannot be written for ${target}:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nIts table is still there: --to json, --to markdown.`,
    { target, problems },
  );
}
