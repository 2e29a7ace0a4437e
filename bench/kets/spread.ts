/**
 * Quasi-random kets beside pseudo-random ones: the variance, over seeds, of what a run says of the limit.
 *
 * No times are judged, so it may run on a busy machine.
 */

import type { Sampling } from '../../src/kets/index.ts';
import { parseProgram } from '../../src/program/index.ts';
import type { Timing } from '../harness/serve.ts';
import { Side } from '../harness/side.ts';
import { medianInterval } from '../harness/statistics.ts';
import { scalarNames } from './entries.ts';
import { lazySide } from './sides.ts';
import { type Agreement, compareMeans, type Figure, type Rows, varianceRatio } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface SpreadOptions {
  readonly workload: Workload;
  readonly file: string;
  readonly width: number;
  readonly seeds: number;
  readonly say: (line: string) => void;
}

/** Runs of one sampling. */
export interface Spread {
  /** Answers of the last step, a row for each seed. */
  readonly rows: Rows;
  /** Median CPU seconds of a run. */
  readonly cpu: number;
  readonly peakBytes: number;
}

export interface SpreadCase {
  readonly workload: string;
  readonly width: number;
  readonly seeds: number;
  readonly entries: readonly string[];
  readonly pseudo: Spread;
  readonly quasi: Spread;
  /** Variance of pseudo-random over that of quasi-random kets. */
  readonly ratio: Figure;
  /** Of the means; both have biases of order 1/n of their own, so this is reported and not judged. */
  readonly agreement: Agreement;
}

/** Compares both samplings at one width. */
export async function spreadCase(options: SpreadOptions): Promise<SpreadCase> {
  const { workload, width, seeds, say } = options;
  const entries = scalarNames(parseProgram(workload.text), width);
  const pseudo = await spread(options, 'pseudo', 0);
  const quasi = await spread(options, 'quasi', seeds);
  const ratio = varianceRatio(pseudo.rows, quasi.rows);
  say(`${workload.name}, n = ${width}: ratio of variances ${ratio.value.toFixed(1)} over ${seeds} seeds`);
  const agreement = compareMeans(entries, pseudo.rows, quasi.rows);
  return { workload: workload.name, width, seeds, entries, pseudo, quasi, ratio, agreement };
}

async function spread(options: SpreadOptions, sampling: Sampling, seed: number): Promise<Spread> {
  const { workload, file, width, seeds } = options;
  const side = new Side(lazySide({ file, width, steps: workload.steps, sampling, seed, limit: true }));
  try {
    const rows: (readonly number[])[] = [];
    const runs: Timing[] = [];
    for (let k = 0; k < seeds; k++) {
      runs.push(await side.ask('run'));
      rows.push((await side.ask('answer')).values);
    }
    const { bytes } = await side.ask('peak');
    return { rows, cpu: medianInterval(runs.map(({ cpu }) => cpu)).median, peakBytes: bytes };
  } finally {
    await side.stop();
  }
}
