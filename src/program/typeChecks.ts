/** What the type rules of instructions share: their surroundings, and problems that many of them may have. */

import { type Axis, type Space, spaceOf, without } from './axes.ts';
import type { ValueType } from './instructions.ts';

/** What an instruction needs to know about its surroundings. */
export interface Scope {
  /** The space of a name, where declared. */
  readonly space: (name: string) => Space | undefined;
  /** The type of a node. */
  readonly type: (ref: string) => ValueType;
  /** Whether a node is a parameter. */
  readonly isParameter: (ref: string) => boolean;
}

export const real = (axes: readonly Axis[]): ValueType => ({ kind: 'real', axes });
export const show = (axes: readonly Axis[]): string => `[${axes.join(', ')}]`;
export const quote = (ref: string, type: ValueType): string => `"${ref}"${show(type.axes)}`;

export function checkAxes(axes: readonly Axis[], scope: Scope, problems: string[]): void {
  for (const axis of axes) {
    if (scope.space(spaceOf(axis)) === undefined) problems.push(`axis ${axis} runs over no declared space`);
  }
  for (const axis of new Set(axes.filter((a, k) => axes.indexOf(a) !== k))) {
    problems.push(`axis ${axis} appears twice; give one of them a prime (${axis}')`);
  }
}

/** The space that an index points into. */
export function checkIndex(type: ValueType, scope: Scope, problems: string[]): void {
  if (type.kind === 'index' && scope.space(type.of) === undefined)
    problems.push(`index into ${type.of}, which is no declared space`);
}

/** Constant indices of entries that a space of this size does not have. */
export function strayIndices(values: readonly number[], space: string, size: number): string[] {
  const strays = values.filter((value) => !(Number.isInteger(value) && value >= 0 && value < size));
  return strays.map((value) => `no entry ${value} of ${space}, which has 0 to ${size - 1}`);
}

export function requireDistinct(over: readonly Axis[], problems: string[]): void {
  for (const axis of new Set(over.filter((a, k) => over.indexOf(a) !== k)))
    problems.push(`axis ${axis} is named twice`);
}

export function requireReal(ref: string, type: ValueType, problems: string[]): void {
  if (type.kind !== 'real') problems.push(`${quote(ref, type)} is an index into ${type.of}, expected a real value`);
}

export function requireAxes(ref: string, type: ValueType, axes: readonly Axis[], problems: string[]): void {
  const missing = without(axes, type.axes);
  if (missing.length > 0) problems.push(`${quote(ref, type)} has no axis ${missing.join(', ')}`);
}
