/** A checkpoint of a given shape with random weights, that every command of nexort takes. */

import { constants } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { required } from '../../src/errors/index.ts';
import { type Stream, stream } from '../../src/numeric/index.ts';
import { bertConfig, encoderTensors, headTensors, isGain } from '../bert/layout.ts';
import { countOf, type Dtype, writeSafetensors } from '../bert/safetensors.ts';
import { halfBits } from './half.ts';
import type { StoredShape } from './shapes.ts';

/** Of the numbers in weights and biases: that of BERT's own initialization. */
const DEVIATION = 0.02;
/** Normals that are drawn, and how many of them in a row a tensor takes at most before it goes on elsewhere. */
const DRAWN = 2 ** 21;
const RUN = 2 ** 16;

const TOKENIZER = resolve(import.meta.dirname, '../../models/tiny-mlm/tokenizer.json');

/**
 * Writes config.json, tokenizer.json (that of the embedded model, whose ids are the first of the vocabulary) and
 * model.safetensors; gives the number of parameters. Fails where one of them is there already.
 *
 * Layer-norm gains are 1, all else normal with deviation 0.02. So that a billion numbers take seconds and no memory, two
 * million are drawn and tensors are put together from runs of them that begin at random places: the same seed gives the
 * same bytes, numbers far apart may be equal, and nothing that is measured depends on it.
 */
export async function writeShape(folder: string, { dtype, ...shape }: StoredShape, seed: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(bertConfig(shape), undefined, 2)}\n`, { flag: 'wx' });
  await copyFile(TOKENIZER, join(folder, 'tokenizer.json'), constants.COPYFILE_EXCL);
  const tensors = { ...encoderTensors(shape), ...headTensors(shape) };
  const draws = stream(seed, 'shape');
  const drawn = encode(
    dtype,
    draws
      .substream('normals')
      .normals(DRAWN)
      .map((value) => DEVIATION * value),
  );
  const places = draws.substream('places');
  await writeSafetensors(join(folder, 'model.safetensors'), dtype, tensors, (name, count) =>
    isGain(name) ? [encode(dtype, new Float64Array(count).fill(1))] : runs(drawn, places.substream(name), count),
  );
  return Object.values(tensors).reduce((sum, sizes) => sum + countOf(sizes), 0);
}

function* runs(drawn: Uint8Array, places: Stream, count: number): Iterable<Uint8Array> {
  const bytes = drawn.byteLength / DRAWN;
  const lengths = Array.from({ length: Math.ceil(count / RUN) }, (_, k) => Math.min(RUN, count - k * RUN));
  const uniforms = places.uniforms(lengths.length);
  for (const [k, length] of lengths.entries()) {
    const start = Math.floor(required(uniforms[k], 'place of a run') * (DRAWN - length + 1));
    yield drawn.subarray(start * bytes, (start + length) * bytes);
  }
}

function encode(dtype: Dtype, values: Float64Array): Uint8Array {
  const numbers = dtype === 'F32' ? Float32Array.from(values) : Uint16Array.from(values, halfBits);
  return new Uint8Array(numbers.buffer);
}
