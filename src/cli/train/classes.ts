/** The classes that a training tells apart. */

import type { Source } from './source.ts';

const MOST_SHOWN = 20;

/** A class with its number of examples, those held out among them. */
export interface ClassSize {
  readonly name: string;
  readonly examples: number;
}

/** All classes; null where labels are numbers, or characters. */
export function classSizes(source: Source): readonly ClassSize[] | null {
  if (source.kind === 'text' || source.classes === undefined) return null;
  const { classes, labels } = source;
  return classes.map((name, k) => ({ name, examples: labels.filter((label) => label === k).length }));
}

/** `2 classes: lily (15 examples), rose (15)`. */
export function classSizesText(classes: readonly ClassSize[]): string {
  const shown = classes
    .slice(0, MOST_SHOWN)
    .map(({ name, examples }, k) => `${name} (${examples.toLocaleString('en-US')}${k === 0 ? ' examples' : ''})`)
    .join(', ');
  const rest = classes.length - MOST_SHOWN;
  return `${classes.length} classes: ${shown}${rest > 0 ? ` and ${rest} more` : ''}`;
}
