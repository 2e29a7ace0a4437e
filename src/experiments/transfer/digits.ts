/**
 * Handwritten digits from the package `mnist` (Juan Cazala, MIT): ten thousand of the 28 × 28 images of MNIST. It is no
 * dependency, for it takes 42 MB; who has installed it beside their work or beside nexort can train on it.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { mean, standardDeviation } from '../../numeric/index.ts';
import type { Examples } from './data.ts';
import { noDigits, unreadableDigits } from './errors.ts';

const PACKAGE = 'mnist';
const CLASSES = 10;
const SIDE = 28;
const PIXELS = SIDE ** 2;
/** Images are averaged over squares of this side. */
const SQUARE = 4;
const SMALL_SIDE = SIDE / SQUARE;
const INPUT = SMALL_SIDE ** 2;

/**
 * The digits as images of 7 × 7 numbers, averages over squares of pixels, shifted and scaled all alike to mean 0 and
 * variance 1; classes follow one another in turn. With all 784 pixels one Adam step changes the first layer, which no
 * parametrization scales by the width, far more than the others, and it alone would decide the best rate.
 *
 * `from` is the folder to look for the package from, before nexort's own. Throws {@link UserError}
 * `experiments.no-digits`, `experiments.unreadable-digits`.
 */
export async function digitExamples(from: string = process.cwd()): Promise<Examples> {
  const raw: number[][] = [];
  for (let digit = 0; digit < CLASSES; digit++) raw.push(await readDigit(locate(`src/digits/${digit}.json`, from)));
  const least = Math.min(...raw.map(({ length }) => length / PIXELS));
  const labels = Int32Array.from({ length: least * CLASSES }, (_, k) => k % CLASSES);
  const inputs = new Float64Array(labels.length * INPUT);
  labels.forEach((digit, k) => {
    const start = Math.floor(k / CLASSES) * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const [row, column] = [Math.floor(pixel / SIDE / SQUARE), Math.floor((pixel % SIDE) / SQUARE)];
      const at = k * INPUT + row * SMALL_SIDE + column;
      inputs[at] = (inputs[at] ?? 0) + (raw[digit]?.[start + pixel] ?? 0) / SQUARE ** 2;
    }
  });
  const center = mean(inputs);
  const deviation = standardDeviation(inputs) || 1;
  return {
    name: 'digits',
    input: INPUT,
    classes: CLASSES,
    inputs: inputs.map((x) => (x - center) / deviation),
    labels,
  };
}

function locate(file: string, from: string): string {
  for (const place of [join(from, 'index.js'), import.meta.url]) {
    try {
      return createRequire(place).resolve(`${PACKAGE}/${file}`);
    } catch {
      // Not there: the next place, and an error of ours after the last.
    }
  }
  throw noDigits(PACKAGE);
}

async function readDigit(path: string): Promise<number[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw unreadableDigits(path, 'it cannot be read as JSON');
  }
  const data = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : undefined;
  if (!Array.isArray(data)) throw unreadableDigits(path, 'it has no list "data"');
  const values: unknown[] = data;
  if (!values.every((value) => typeof value === 'number')) throw unreadableDigits(path, 'some pixels are no numbers');
  // A few numbers past the last whole digit are left out, as the package itself does.
  return values.slice(0, Math.floor(values.length / PIXELS) * PIXELS);
}
