/**
 * Time and memory of kets by width. Every run has a process of its own, that has loaded the library and computed
 * nothing: what a user's first run takes, and a peak that is its own.
 */

import { required } from '../../src/errors/index.ts';
import { forecastBytes } from '../../src/kets/index.ts';
import { at } from '../../src/numeric/index.ts';
import { parseProgram } from '../../src/program/index.ts';
import { gibibytes, percent, times } from '../harness/format.ts';
import { BUSY_SHARE, busyShare, watchOthers } from '../harness/machine.ts';
import type { Timing } from '../harness/serve.ts';
import { Side } from '../harness/side.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import { type Judged, judge } from './bounds.ts';
import { scalarNames } from './entries.ts';
import { lazySide } from './sides.ts';
import { type Agreement, compareWidths, type Figure, growth } from './statistics.ts';
import type { Workload } from './workloads.ts';

const QUIET_SECONDS = 2;
/** What the estimator of limits reads of nonlinear outer products, of which the workload has none. */
const SUBSAMPLE = 512;

export interface ScaleOptions {
  readonly workload: Workload;
  readonly file: string;
  readonly widths: readonly number[];
  /** Runs at each width that count. */
  readonly repeats: number;
  /** A width that runs once, after the others. */
  readonly large?: number;
  readonly say: (line: string) => void;
}

/** One run in its own process. */
export interface FreshRun {
  readonly timing: Timing;
  /** Largest resident set of the process. */
  readonly peakBytes: number;
  /** What the run says that it held at most. */
  readonly heldBytes: number;
  readonly answer: readonly number[];
  /** Share of all cores that other processes took meanwhile. */
  readonly others: number;
}

export interface WidthCase extends Judged {
  readonly width: number;
  /** Runs that count. */
  readonly runs: readonly FreshRun[];
  readonly disturbed: readonly FreshRun[];
  readonly wall: Estimate;
  readonly cpu: Estimate;
  readonly peakBytes: number;
  readonly heldBytes: number;
  /** What the library forecasts for the process. */
  readonly forecastBytes: number;
}

export interface ScaleResult {
  readonly workload: string;
  readonly before: number;
  readonly cases: readonly WidthCase[];
  /** Of the means at each width with those at the first; none where no width has two runs. */
  readonly agreement?: Agreement;
  /** Exponent of the wall time in the width, from three widths on, without the large one. */
  readonly growth?: Figure;
}

/** Measures every width; widths take turns, so that a machine that becomes slower does not look like growth. */
export async function scale(options: ScaleOptions): Promise<ScaleResult> {
  const { workload, widths, repeats, large, say } = options;
  const program = parseProgram(workload.text);
  const before = await busyShare(QUIET_SECONDS);
  const series = widths.map((width) => new Series(width, repeats));
  // Every run has a seed of its own: runs of one seed share their first samples at all widths.
  let seed = 0;
  while (series.some(({ done }) => !done))
    for (const one of series) if (!one.done) one.add(await freshRun(options, one.width, seed++));
  if (large !== undefined) {
    const once = new Series(large, 1);
    while (!once.done) once.add(await freshRun(options, large, seed++));
    series.push(once);
  }
  const cases: WidthCase[] = [];
  for (const one of series) {
    const settings = { width: one.width, seed: 0, subsample: SUBSAMPLE };
    const forecast = await forecastBytes([{ program, steps: workload.steps }], settings);
    cases.push({ ...one.summary(before), forecastBytes: forecast });
  }
  const agreement = compareWidths(
    scalarNames(program, at(widths, 0)),
    cases.map(({ width, runs }) => ({ width, rows: runs.map(({ answer }) => answer) })),
  );
  if (agreement !== undefined)
    say(
      `  answers of all widths are at most ${agreement.distance.toFixed(1)} standard errors apart (${agreement.entry})`,
    );
  const grown = growth(
    cases
      .slice(0, widths.length)
      .flatMap(({ width, runs }) => runs.map(({ timing }) => ({ width, seconds: timing.wall }))),
  );
  return {
    workload: workload.name,
    before,
    cases,
    ...(agreement === undefined ? {} : { agreement }),
    ...(grown === undefined ? {} : { growth: grown }),
  };
}

/** Runs at one width: those that count, and those during which the machine was busy. */
class Series {
  readonly width: number;
  readonly #repeats: number;
  readonly #quiet: FreshRun[] = [];
  readonly #disturbed: FreshRun[] = [];

  constructor(width: number, repeats: number) {
    this.width = width;
    this.#repeats = repeats;
  }

  /** A disturbed run is run again, at most as many times as runs were asked for. */
  get done(): boolean {
    return this.#quiet.length >= this.#repeats || this.#disturbed.length >= this.#repeats;
  }

  add(run: FreshRun): void {
    (run.others <= BUSY_SHARE ? this.#quiet : this.#disturbed).push(run);
  }

  summary(before: number): Omit<WidthCase, 'forecastBytes'> {
    const { width } = this;
    const [quiet, disturbed] = [this.#quiet, this.#disturbed];
    const enough = quiet.length >= this.#repeats;
    const runs = enough ? quiet : [...quiet, ...disturbed];
    const of = (pick: 'wall' | 'cpu'): Estimate => medianInterval(runs.map(({ timing }) => timing[pick]));
    const peakBytes = Math.max(...runs.map((run) => run.peakBytes));
    const wall = of('wall');
    const machine = { before, enough, disturbed: disturbed.length, runs: this.#repeats };
    return {
      width,
      runs,
      disturbed,
      wall,
      cpu: of('cpu'),
      peakBytes,
      heldBytes: Math.max(...runs.map((run) => run.heldBytes)),
      ...judge({ width, wall, peakBytes, ...machine }),
    };
  }
}

async function freshRun({ workload, file, say }: ScaleOptions, width: number, seed: number): Promise<FreshRun> {
  const side = new Side(lazySide({ file, width, steps: workload.steps, seed }));
  try {
    await side.ask('describe');
    const share = watchOthers();
    const start = process.cpuUsage();
    const timing = await side.ask('run');
    const { user, system } = process.cpuUsage(start);
    const others = share(timing.cpu + (user + system) / 1e6);
    const { bytes } = await side.ask('peak');
    say(`  n = ${width}: ${times(timing)}, ${gibibytes(bytes)} · others took ${percent(others)} of the machine`);
    const { values } = await side.ask('answer');
    return {
      timing,
      peakBytes: bytes,
      heldBytes: required(timing.notes?.heldBytes, 'bytes held'),
      answer: values,
      others,
    };
  } finally {
    await side.stop();
  }
}
