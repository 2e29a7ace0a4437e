/** What the output to a standard error costs, at infinite width and with dense networks whose bias is extrapolated away. */

import { required } from '../../src/errors/index.ts';
import { at, normalCdf, stream, studentQuantile } from '../../src/numeric/index.ts';
import { unfit } from '../harness/fitness.ts';
import { percent } from '../harness/format.ts';
import { busyShare } from '../harness/machine.ts';
import { interleavedRounds, type Runner } from '../harness/rounds.ts';
import type { Timing } from '../harness/serve.ts';
import { Side } from '../harness/side.ts';
import {
  type CostFigures,
  costFigures,
  type LimitRun,
  type LimitRuns,
  limitLaw,
  type NetworkRuns,
  networkLaw,
  weights,
} from './arithmetic.ts';
import { BOUNDS, judged, type Verdict } from './bounds.ts';
import type { Rule } from './problems.ts';
import { limitSide, networksSide, type Size, sizeName } from './sides.ts';

/** The standard error that is asked for, of the outputs after the last step. */
export const ERROR = 1e-3;
/** Means that are further apart than this many joint standard errors, as if of a normal law, are different answers. */
const MOST_ERRORS = 4;
const DRAWS = 400;
const QUIET_SECONDS = 2;

export interface CostOptions {
  readonly rule: Rule;
  /** Sizes of the limit, the last one the reference. */
  readonly sizes: readonly Size[];
  readonly scramblings: number;
  /** Relative size of directions that matrices of the limit leave out. */
  readonly tolerance?: number;
  readonly widths: readonly number[];
  /** CPU seconds of networks of each width, in each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export interface CostCase extends CostFigures {
  readonly rule: Rule;
  readonly error: number;
  readonly rounds: number;
  readonly sizes: readonly Ran[];
  readonly widths: readonly Ran[];
  /** How far the extrapolation through the two largest widths is from the reference, in joint standard errors, at most. */
  readonly agreement: { readonly distance: number; readonly allowed: number; readonly agrees: boolean };
  readonly others: { readonly before: number; readonly during: readonly number[] };
  readonly verdict: Verdict | 'answers differ';
  readonly reason?: string;
}

/** What was run at one size or width: scramblings or networks, standard deviation and CPU seconds of one. */
export interface Ran {
  readonly name: string;
  readonly count: number;
  readonly deviation: number;
  readonly cpu: number;
}

/** A side whose answers are kept. */
class Kept implements Runner {
  readonly answers: { readonly values: readonly number[]; readonly timing: Timing }[] = [];
  readonly #side: Side;

  constructor(side: Side) {
    this.#side = side;
  }

  async prepare(): Promise<void> {}

  async run(): Promise<Timing> {
    const timing = await this.#side.run();
    this.answers.push({ timing, values: (await this.#side.ask('answer')).values });
    return timing;
  }

  stop(): Promise<void> {
    return this.#side.stop();
  }
}

/** Measures one rule: all sides in turn. Their first runs compile and do not count. */
export async function costCase(options: CostOptions): Promise<CostCase> {
  const { rule, sizes, scramblings, widths, seconds, rounds, say, tolerance } = options;
  const told = { problem: rule, scramblings, ...(tolerance === undefined ? {} : { tolerance }) };
  const limits = sizes.map((size) => new Kept(new Side(limitSide({ ...told, ...size }))));
  const networks = widths.map((width) => new Kept(new Side(networksSide({ problem: rule, width, seconds }))));
  const sides = [...limits, ...networks];
  try {
    say(`${rule}: the first run of each side compiles and does not count`);
    for (const side of sides) {
      await side.run();
      side.answers.length = 0;
    }
    const before = await busyShare(QUIET_SECONDS);
    const { quiet, disturbed } = await interleavedRounds(sides, rounds, ({ timings, others }) => {
      const cpu = timings.map((timing) => timing.cpu.toFixed(1)).join(', ');
      say(`  ${cpu} s of CPU · others took ${percent(others)} of the machine`);
    });
    const data = {
      sizes: sizes.map((size, k) => ({ size: sizeName(size), scramblings, runs: at(limits, k).answers.map(limitRun) })),
      widths: widths.map((width, k) => networkRuns(width, at(networks, k))),
    };
    const figures = costFigures(data, ERROR, DRAWS, stream(0, 'bootstrap'));
    const agreement = agreementOf(at(data.sizes, sizes.length - 1), data.widths.slice(-2));
    const enough = quiet.length >= rounds;
    const unfitting = unfit({ before, enough, disturbed: disturbed.length, rounds });
    return {
      ...figures,
      rule,
      error: ERROR,
      rounds,
      sizes: data.sizes.map((one) => ran(one.size, one.scramblings * one.runs.length, limitLaw(one))),
      widths: data.widths.map((one) => ran(`${one.width}`, one.rows.length, networkLaw(one))),
      agreement,
      others: { before, during: [...quiet, ...disturbed].map(({ others }) => others) },
      ...(agreement.agrees ? judged(BOUNDS.cost[rule].most, figures.ratio, unfitting) : { verdict: 'answers differ' }),
    };
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

const ran = (
  name: string,
  count: number,
  { variance, cpu }: { readonly variance: number; readonly cpu: number },
): Ran => ({
  name,
  count,
  deviation: Math.sqrt(variance),
  cpu,
});

function limitRun({ values, timing: { cpu } }: Kept['answers'][number]): LimitRun {
  const half = values.length / 2;
  return { values: values.slice(0, half), errors: values.slice(half), cpu };
}

function networkRuns(width: number, { answers }: Kept): NetworkRuns {
  const trained = answers.map(({ values, timing }) => {
    const count = required(timing.notes?.networks, 'number of networks');
    const length = values.length / count;
    const rows = Array.from({ length: count }, (_, k) => values.slice(k * length, (k + 1) * length));
    return { rows, cpu: timing.cpu / count };
  });
  return { width, rows: trained.flatMap(({ rows }) => rows), cpu: trained.map(({ cpu }) => cpu) };
}

/** Compares the line in 1/n through two widths with the limit, entry by entry. */
export function agreementOf(limit: LimitRuns, widths: readonly NetworkRuns[]): CostCase['agreement'] {
  const [low, high] = [at(widths, 0), at(widths, 1)];
  const [truth, ...laws] = [limitLaw(limit), networkLaw(low), networkLaw(high)];
  const factors = weights(low.width, high.width);
  const distances = truth.means.map((own, k) => {
    const value = laws.reduce((sum, law, side) => sum + at(factors, side) * at(law.means, k), 0);
    const square = laws.reduce(
      (sum, law, side) => sum + at(factors, side) ** 2 * at(law.variances, k),
      at(truth.variances, k),
    );
    return Math.abs(value - own) / Math.sqrt(square);
  });
  const degrees = Math.min(limit.runs.length * (limit.scramblings - 1), low.rows.length - 1, high.rows.length - 1);
  const allowed = studentQuantile(normalCdf(MOST_ERRORS), degrees);
  const distance = Math.max(...distances);
  return { distance, allowed, agrees: distance <= allowed };
}
