/** Axes and types as the text form writes them. */

import type { Axis } from '../axes.ts';
import type { ValueType } from '../instructions.ts';
import { quoteName } from './names.ts';

/** `[batch, n']`. */
export function printAxes(axes: readonly Axis[]): string {
  return `[${axes.map(quoteName).join(', ')}]`;
}

/** `[batch, n]`, `[batch] of vocabulary`. */
export function printType(type: ValueType): string {
  return `${printAxes(type.axes)}${type.kind === 'index' ? ` of ${quoteName(type.of)}` : ''}`;
}
