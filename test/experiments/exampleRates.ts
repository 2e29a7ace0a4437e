/** The examples and the rates at which their scalars approach their limits (IVb 2.6.10). */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { check, defaultWidths } from '../../src/experiments/index.ts';
import { parseProgram, type SizedRun } from '../../src/program/index.ts';
import { example } from '../kets/programs.ts';

const FOLDER = resolve(import.meta.dirname, '../../examples/programs');

/** The band asked of generic outputs, around −1/2. */
const BAND = 0.1;

export interface Case {
  readonly file: string;
  readonly steps?: number;
  readonly seeds?: number;
  readonly widths?: readonly number[];
  /** Outputs whose fluctuations of order n^(-1/2) do not vanish: all entries of these names. */
  readonly generic: readonly string[];
}

export const cases: readonly Case[] = [
  { file: 'random-features.nex', seeds: 400, generic: ['kernel'] },
  { file: 'two-layer-backpropagation.nex', generic: ['f', 'features', 'gradient2'] },
  { file: 'w-and-transpose.nex', generic: ['overlap', 'size', 'later'] },
  { file: 'two-widths.nex', generic: ['forward', 'overlap', 'back'] },
  { file: 'tied-recurrent.nex', generic: ['size', 'memory', 'echo'] },
  { file: 'convolution.nex', generic: ['size', 'echo', 'later'] },
  { file: 'attention.nex', generic: ['weight'] },
  { file: 'sgd-two-hidden-layers.nex', steps: 3, generic: ['f'] },
  { file: 'adam-hidden-matrix.nex', steps: 2, widths: [16, 32, 64, 128, 256], generic: ['f', 'loss'] },
  { file: 'update-clipping.nex', widths: [16, 32, 64, 128, 256], generic: ['norm', 'f'] },
  { file: 'adafactor-factored-moment.nex', widths: [16, 32, 64, 128, 256], generic: ['both', 'f'] },
  { file: 'rademacher.nex', generic: ['size', 'overlap', 'later'] },
  { file: 'triples.nex', widths: [12, 24, 48, 96, 192], generic: ['size', 'spread'] },
];

/**
 * That an example passes, and that its generic outputs have the rate of the theorem. At a part of the widths everything is
 * asked that is asked at all of them.
 */
export async function expectRates(given: Case, run: SizedRun, part = 1): Promise<void> {
  const { file, steps = 1, seeds = 100, generic } = given;
  const program = example(file);
  const widths = (given.widths ?? defaultWidths(program)).map((width) => width * part);
  const result = await check(program, { steps, seeds, widths, run });
  expect(result.widths.length).toBeGreaterThanOrEqual(5);
  expect(result.outputs.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect(result.passed).toBe(true);
  const rates = result.outputs
    .filter(({ name }) => generic.includes(name.replace(/\[.*/, '')))
    .map(({ name, exponent = Number.NaN }) => ({ name, off: Math.abs(exponent + 0.5) }));
  expect(rates.length).toBeGreaterThanOrEqual(generic.length);
  expect(rates.filter(({ off }) => !(off <= BAND))).toEqual([]);
}

/** Universality (IVb 2.6.4): that matrices of signs and of Gaussian entries reach one limit, at a part of the widths. */
export async function expectUniversal(run: SizedRun, part = 1): Promise<void> {
  const text = readFileSync(join(FOLDER, 'rademacher.nex'), 'utf8');
  const signs = example('rademacher.nex');
  const gaussian = parseProgram(text.replace('~ rademacher', '~ normal'), 'gaussian.nex');
  const options = { seeds: 100, widths: defaultWidths(signs).map((width) => width * part), run };
  const [one, other] = [await check(signs, options), await check(gaussian, options)];
  expect(one.passed && other.passed).toBe(true);
  const limits = (outputs: typeof one.outputs): unknown => outputs.map(({ name, limit }) => [name, limit]);
  expect(limits(one.outputs)).toEqual(limits(other.outputs));
  // The fluctuations are not the same: what is universal is the limit.
  expect(one.outputs[1]?.distances).not.toEqual(other.outputs[1]?.distances);
}
