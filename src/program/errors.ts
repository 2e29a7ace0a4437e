/** Words of the errors that `program` raises, but for those of its text form (text/errors.ts). */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';
import { shown } from '../errors/wording/index.ts';
import type { Axis } from './axes.ts';

/** One thing wrong with an instruction, a program or its feeds. */
export interface Mismatch {
  /** Where: program, instruction, axis. */
  readonly where: string;
  /** What was given against what was expected, and the fix where one is known. */
  readonly problem: string;
}

/** Every mismatch of one instruction, of a whole program or of the feeds of a run, at once. */
export function mismatches(title: string, found: readonly Mismatch[]): UserError {
  const count = found.length === 1 ? '1 mismatch' : `${found.length} mismatches`;
  const lines = found.map(({ where, problem }) => `  ${where}: ${problem}`);
  return new UserError('program.mismatch', `${title}: ${count}\n${lines.join('\n')}`, { mismatches: found });
}

export function unknownValue(program: string, name: string, known: readonly string[]): UserError {
  return new UserError(
    'program.unknown-value',
    `program "${program}" has no value "${name}". It has: ${known.slice(-40).join(', ') || 'none'}.`,
    { program, name, known },
  );
}

export function duplicateName(program: string, name: string): UserError {
  return new UserError(
    'program.duplicate-name',
    `program "${program}" already has a value "${name}": every value needs its own name.`,
    { program, name },
  );
}

export function keptAxisMixed(node: string, axes: readonly Axis[], how: string): UserError {
  const list = axes.join(', ');
  return new UserError(
    'program.kept-axis-mixed',
    `gradients that keep ${list} apart need every value to stay within its own ${list}, ` +
      `but "${node}" ${how}. Drop ${list} from the kept axes, or remove that instruction.`,
    { node, axes },
  );
}

export function batchedParameterGather(node: string, parameter: string): UnsupportedError {
  return new UnsupportedError(
    'program.batched-parameter-gather',
    `"${node}" gathers rows of parameter "${parameter}" with an index that shares an axis with it; its gradient has no ` +
      'factored form here. Gather with an index on axes of its own.',
    { node, parameter },
  );
}

/** A function without a definition in primitives, where only primitives can be taken. */
export function withoutDefinition(name: string): UnsupportedError {
  return new UnsupportedError(
    'program.no-definition',
    `${name} has no definition in products and maps, which alone can be compiled, sampled or differentiated; the oracle ` +
      '(interpret of nexort/reference) has a rule for it.',
    { name },
  );
}

export function notDifferentiable(node: string, reason: string): UnsupportedError {
  return new UnsupportedError('program.not-differentiable', `cannot differentiate "${node}": ${reason}.`, { node });
}

export function missingSeed(axes: readonly Axis[], needed: readonly Axis[]): UserError {
  return new UserError(
    'program.seed-axes',
    `the seed of a gradient has axes [${axes.join(', ')}] but needs at least [${needed.join(', ')}], ` +
      'the axes of the output that are not kept.',
    { axes, needed },
  );
}

export function seedAxisTaken(axes: readonly Axis[], program: string): UserError {
  return new UserError(
    'program.seed-axis-taken',
    `the seed of a gradient rides on axis ${axes.join(', ')}, which program "${program}" uses itself; ` +
      'ride on another copy or on a space of its own.',
    { axes, program },
  );
}

/** What is no exponent. */
export function badExponent(where: string, value: unknown): UserError {
  return new UserError(
    'program.bad-exponent',
    `${where} is ${shown(value)}; expected a number or a fraction, such as 0.5 or "1/2".`,
    { where, value },
  );
}

/** Exponents whose sums have no exact fraction. */
export function tooFine(): UserError {
  return new UserError(
    'program.too-fine',
    'the exponents have too many different denominators for their sums to be exact; expected simple fractions, such as 1/2 or 0.25.',
  );
}

/** ∞ − ∞. */
export function indefiniteSum(): InvariantError {
  return new InvariantError('program.indefinite-sum', 'An exponent is the sum of +∞ and −∞.');
}

export function broken(where: string, detail: string): InvariantError {
  return new InvariantError('program.invariant', `${where}: ${detail}.`);
}
