/** `x[n']`: a value on other copies of its axes. */

import { type Axis, spaceOf } from '../axes.ts';
import * as errors from './errors.ts';
import type { SourceText, Span } from './place.ts';

/**
 * What is renamed to what. The axes asked for of each space stand for the value's axes of that space in their order;
 * spaces not mentioned stay as they are.
 */
export function copyPairs(
  source: SourceText,
  at: Span,
  asked: readonly Axis[],
  axes: readonly Axis[],
): (readonly [from: Axis, to: Axis])[] {
  const pairs: (readonly [Axis, Axis])[] = [];
  for (const space of new Set(asked.map(spaceOf))) {
    const targets = asked.filter((axis) => spaceOf(axis) === space);
    const own = axes.filter((axis) => spaceOf(axis) === space);
    if (targets.length !== own.length || new Set(targets).size !== targets.length) {
      throw errors.unclearCopy(source, at, asked, axes);
    }
    own.forEach((from, k) => {
      const to = targets[k] ?? from;
      if (to !== from) pairs.push([from, to]);
    });
  }
  return pairs;
}
