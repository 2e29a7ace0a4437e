/**
 * Predictions of infinitely wide networks beside finite ones that are trained on digits: how far they are apart by width, the
 * exponent, and the end of training beside a dense solver.
 */

import { required } from '../../src/errors/index.ts';
import { predictor } from '../../src/kernels/index.ts';
import {
  at,
  confidenceInterval,
  type Interval,
  matrix,
  mean,
  multiply,
  solve,
  standardDeviation,
  weightedLinearFit,
} from '../../src/numeric/index.ts';
import { type Digits, digits } from './digits.ts';
import { kernelsOf, networkOf, trained, type Workload } from './trained.ts';

export interface PredictionsOptions {
  readonly widths: readonly number[];
  /** Networks at each width. */
  readonly seeds: readonly number[];
  readonly examples: number;
  readonly tests: number;
  readonly steps: readonly number[];
  readonly threads: number;
  readonly install?: boolean;
  readonly say: (line: string) => void;
}

export interface PredictionsCase {
  readonly activation: string;
  /** By width: distances at each number of steps, over seeds. */
  readonly widths: readonly WidthDistances[];
  /** At each number of steps, the power of the width that distances fall with. */
  readonly exponents: readonly Interval[];
  /** The end of training beside K(x, X) K⁻¹ y by a dense solver, relative to the largest prediction. */
  readonly solver: number;
}

export interface WidthDistances {
  readonly width: number;
  readonly seeds: number;
  readonly mean: readonly number[];
  readonly standardError: readonly number[];
  readonly seconds: number;
}

export interface PredictionsResult {
  readonly source: string;
  readonly cases: readonly PredictionsCase[];
}

const ACTIVATIONS = ['Relu', 'Erf'] as const;
/** Of the rate at which descent diverges. */
const RATE_SHARE = 0.5;
/** What a dense solver and ours may differ by (issue: 1e-10). */
const AS_SOLVED = 1e-10;
/** Distances stay below this over √width: kernels of two random layers fluctuate by a few of their size over √width. */
const LEFT = 8;
/** Of the interval of exponents. */
const LEVEL = 0.99;

export async function predictionsBench(options: PredictionsOptions): Promise<PredictionsResult> {
  const { widths, seeds } = options;
  if (seeds.length !== widths.length || seeds.some((networks) => networks < 2)) {
    throw new Error(
      `${widths.length} widths need as many numbers of networks, each at least 2, but ${seeds.join(', ')} were given.`,
    );
  }
  const data = await digits(options.examples, options.tests, options.install);
  const cases: PredictionsCase[] = [];
  for (const activation of ACTIVATIONS) cases.push(await oneCase(activation, data, options));
  return { source: data.source, cases };
}

async function oneCase(activation: string, data: Digits, options: PredictionsOptions): Promise<PredictionsCase> {
  const { widths, seeds, steps, threads, say } = options;
  const workload: Workload = { activation, steps, rateShare: RATE_SHARE };
  const kernels = kernelsOf(networkOf(workload, data), data);
  const found: WidthDistances[] = [];
  for (const [k, width] of widths.entries()) {
    const started = performance.now();
    const runs: (readonly number[])[] = [];
    for (let seed = 0; seed < at(seeds, k); seed++) {
      runs.push((await trained(workload, data, kernels, width, seed, threads)).relative);
    }
    const columns = steps.map((_, step) => Float64Array.from(runs, (run) => at(run, step)));
    const seconds = (performance.now() - started) / 1000;
    const own = {
      width,
      seeds: runs.length,
      mean: columns.map((one) => mean(one)),
      standardError: columns.map(
        (one) => required(standardDeviation(one), 'spread over networks') / Math.sqrt(one.length),
      ),
      seconds,
    };
    found.push(own);
    say(
      `  ${activation}, width ${width}: ${own.mean.map((one) => one.toFixed(4)).join(', ')}; ${seconds.toFixed(0)} s`,
    );
  }
  const exponents = steps.map((_, step) => {
    const fit = weightedLinearFit(
      found.map(({ width }) => Math.log(width)),
      found.map((own) => Math.log(at(own.mean, step))),
      found.map((own) => at(own.standardError, step) / at(own.mean, step)),
    );
    return confidenceInterval(fit.slope, fit.slopeStandardError, LEVEL);
  });
  return { activation, widths: found, exponents, solver: besideSolver(data, kernels) };
}

function besideSolver({ classes, targets: given }: Digits, kernels: ReturnType<typeof kernelsOf>): number {
  const targets = matrix(kernels.train.ntk.rows, classes, given);
  const expected = multiply(kernels.testTrain.ntk, solve(kernels.train.ntk, targets)).data;
  const found = required(predictor({ ...kernels, targets }).mean(Number.POSITIVE_INFINITY).test, 'predictions').data;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return found.reduce((most, value, k) => Math.max(most, Math.abs(value - at(expected, k))), 0) / largest;
}

/** What a result must show: distances that fall as the root of the width and are as small as it leaves, the solver's answer. */
export function failures({ cases }: PredictionsResult): readonly string[] {
  return cases.flatMap(({ activation, widths, exponents, solver }) => {
    const last = widths.at(-1);
    return [
      ...exponents.flatMap(({ low, high }, k) =>
        low <= -0.5 && high >= -0.5
          ? []
          : [`${activation}: the exponent at the ${k + 1}. number of steps is ${low} to ${high}, not -0.5`],
      ),
      ...(last?.mean ?? []).flatMap((distance) =>
        distance < LEFT / Math.sqrt(last?.width ?? 1)
          ? []
          : [`${activation}: ${distance} apart at width ${last?.width}`],
      ),
      ...(solver < AS_SOLVED ? [] : [`${activation}: ${solver} apart from a dense solver`]),
    ];
  });
}
