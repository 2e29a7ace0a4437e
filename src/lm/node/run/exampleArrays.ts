/** The examples of a run beside its kernel: classes and texts, for numpy and for safetensors. */

import { createHash } from 'node:crypto';
import { required } from '../../../errors/index.ts';
import type { Tensor } from '../../../runs/tensors/index.ts';
import type { Task } from '../../data/tasks.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';

/** Most bytes of an array of texts, which numpy makes as long as the longest; longer texts end with an ellipsis. */
const MAX_TEXT_BYTES = 2 ** 25;
/** Of a code point. */
const BYTES = 4;
const ELLIPSIS = '…';

export interface ExampleArrays {
  /** Places of the examples' labels among the classes, [examples]. */
  readonly labels: Tensor;
  /**
   * `classes` has the names of the labels, `texts` the examples' texts, `texts2` the second ones of pairs; `checksums` their
   * SHA-256 in hexadecimal digits, of UTF-8, of pairs with a zero byte between the two: of whole texts, however long.
   */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** All examples of the kernel, in its order. */
export function exampleArrays({ labels, pair }: Task, { examples }: Pick<KernelInputs, 'examples'>): ExampleArrays {
  const classes = labels.map(({ name }) => name);
  const most = Math.floor(MAX_TEXT_BYTES / BYTES / Math.max(1, examples.length));
  return {
    labels: { shape: [examples.length], data: Int32Array.from(examples, ({ label }) => classes.indexOf(label)) },
    texts: {
      classes,
      texts: examples.map(({ text }) => shortened(text, most)),
      ...(pair
        ? { texts2: examples.map(({ text2 }) => shortened(required(text2, 'second text of a pair'), most)) }
        : {}),
      checksums: examples.map(({ text, text2 }) => checksum(pair ? `${text}\0${text2}` : text)),
    },
  };
}

/** The lists as JSON: metadata of safetensors are texts. */
export function asMetadata(texts: ExampleArrays['texts']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, list]) => [name, JSON.stringify(list)]));
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}${ELLIPSIS}`;
}
