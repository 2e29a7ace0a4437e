/** Wording of the errors of this room. */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';
import { gigabytes } from '../errors/wording/index.ts';
import { Unclosed } from '../expectations/index.ts';
import type { Violation } from '../program/index.ts';

/** Columns or coefficients whose numbers do not agree. */
export function shapeMismatch(where: string, given: string, expected: string): InvariantError {
  return new InvariantError('kets.shapeMismatch', `${where}: given ${given}, expected ${expected}.`, {
    where,
    given,
    expected,
  });
}

/** A tolerance below which rounding would be taken for directions, or that drops everything. */
export function badTolerance(given: number, least: number): InvariantError {
  return new InvariantError(
    'kets.badTolerance',
    `The tolerance of a lazy Gaussian matrix must be from ${least} to below 1, but ${given} was given.`,
    { given, least },
  );
}

/** A program that has no infinite-width limit, with every rule that it breaks. */
export function outsideFragment(program: string, violations: readonly Violation[]): UserError {
  const lines = violations.map(({ node, text }) => `  ${node}: ${text}`);
  return new UserError(
    'kets.outside-fragment',
    `program "${program}" leaves NE⊗OR⊤ and has no infinite-width reading; it still runs at finite width.\n${lines.join('\n')}`,
    { program, violations },
  );
}

export function badWidth(given: number): UserError {
  return new UserError('kets.bad-width', `a width is a whole number from 1 on, but ${given} was given.`, { given });
}

/** A feed without law and value. */
export function notGiven(program: string, name: string): UserError {
  return new UserError(
    'kets.not-given',
    `program "${program}" needs a value of "${name}": give it as data, write it as a constant, or state a law ("~ normal(1)").`,
    { program, name },
  );
}

/** What the interpreter does not do, though the language has it. */
export function unsupported(node: string, reason: string): UnsupportedError {
  return new UnsupportedError('kets.unsupported', `"${node}" cannot be sampled: ${reason}.`, { node });
}

export function broken(where: string, detail: string): InvariantError {
  return new InvariantError('kets.invariant', `${where}: ${detail}.`);
}

export function badSeeds(given: number): UserError {
  return new UserError(
    'kets.bad-seeds',
    `a standard error needs at least 2 independent seeds, but ${given} were asked for.`,
    { given },
  );
}

/** What a run is forecast to take, and the largest width of which it would fit. */
export interface TooLarge {
  readonly width: number;
  readonly steps: number;
  readonly bytes: number;
  readonly memory: number;
  readonly most: number;
}

export function tooLarge({ width, steps, bytes, memory, most }: TooLarge): UserError {
  const give = steps === 1 ? 'give more memory' : 'give fewer steps, or more memory';
  const fix = most >= 1 ? `A width of ${most} fits; or ${give}.` : `No width fits; ${give}.`;
  const over = steps === 1 ? '' : ` over ${steps} steps`;
  return new UserError(
    'kets.too-large',
    `sampling a width of ${width}${over} is forecast to take ${gigabytes(bytes)}, more than the ${gigabytes(memory)} allowed. ${fix}`,
    { width, steps, bytes, memory, most },
  );
}

/** A matrix symbol of another set of kets. */
export function unknownMatrix(): InvariantError {
  return new InvariantError('kets.unknown-matrix', 'a product with an initial matrix that these kets do not hold.');
}

/** Two matrices of one name in the programs that a state has been through. */
export function otherLaw(name: string, known: string, given: string): UserError {
  return new UserError(
    'kets.other-law',
    `"${name}" was drawn as an initial matrix before, by another law or on other axes or sizes; give one of them another name. Before: ${known}; now: ${given}.`,
    { name, known, given },
  );
}

/** A state of another interpreter. */
export function foreignState(): UserError {
  return new UserError(
    'kets.foreign-state',
    'the state belongs to another interpreter: a run goes on from a state of its own, made by start, run or fork.',
  );
}

/** What of a state is no tensor. */
export function notExported(names: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'kets.not-exported',
    `${names.map((name) => `"${name}"`).join(', ')} ${names.length === 1 ? 'has' : 'have'} a width axis, which is sampled and known only through what it has met: no tensor holds it. Values without a width axis can be exported by name; hand out products or means of the others.`,
    { names },
  );
}

/** Why a mean over a copy of a width axis has no closed form here. */
export function mixesCopies(): Unclosed {
  return new Unclosed('a function of both copies of the width axis is averaged over one of them');
}
