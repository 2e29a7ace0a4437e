/**
 * What a standard error of the output costs, in CPU seconds, at infinite width and with dense networks.
 *
 * The standard error is the root mean square, over the entries of the last output, of those of their estimates. Costs are
 * proportional to its inverse square. Intervals are of the bootstrap: whole runs are drawn again.
 */

import { at, mean, type Stream, standardDeviation } from '../../src/numeric/index.ts';
import type { Figure } from '../kets/statistics.ts';

/** The limit at one size. */
export interface LimitRuns {
  readonly size: string;
  /** Scramblings of a run. */
  readonly scramblings: number;
  readonly runs: readonly LimitRun[];
}

export interface LimitRun {
  readonly values: readonly number[];
  /** Standard errors of the values. */
  readonly errors: readonly number[];
  readonly cpu: number;
}

/** Dense networks of one width. */
export interface NetworkRuns {
  readonly width: number;
  /** The last output of each network. */
  readonly rows: readonly (readonly number[])[];
  /** CPU seconds of a network, one mean for each run. */
  readonly cpu: readonly number[];
}

/** The limit needs two scramblings to know a standard error. */
const LEAST_SCRAMBLINGS = 2;
/** Standard errors by which a bias has to be above the bound before a size or pair does not count. */
const SURE = 2;
const COVERAGE = 0.95;

/** What repeated runs say about one size or width. */
export interface Law {
  readonly means: readonly number[];
  /** Variance of one scrambling or network, mean over entries. */
  readonly variance: number;
  /** CPU seconds of one. */
  readonly cpu: number;
}

/** Scramblings of one size as a law; `variances` of the means. */
export function limitLaw({ scramblings, runs }: LimitRuns): Law & { readonly variances: readonly number[] } {
  const squares = entrywise(runs.map(({ errors }) => errors.map((error) => error * error)));
  return {
    means: entrywise(runs.map(({ values }) => values)),
    variance: scramblings * mean(squares),
    variances: squares.map((square) => square / runs.length),
    cpu: mean(runs.map(({ cpu }) => cpu)) / scramblings,
  };
}

/** Networks of one width as a law; `variances` of the means. */
export function networkLaw({ rows, cpu }: NetworkRuns): Law & { readonly variances: readonly number[] } {
  const squares = columns(rows).map((column) => (standardDeviation(column) ?? Number.NaN) ** 2);
  return {
    means: entrywise(rows),
    variance: mean(squares),
    variances: squares.map((square) => square / rows.length),
    cpu: mean(cpu),
  };
}

/** CPU seconds of the limit to a standard error. */
export const limitCost = ({ variance, cpu }: Law, error: number): number =>
  cpu * Math.max(LEAST_SCRAMBLINGS, variance / error ** 2);

/** Factors of the values at two widths in what the line in 1/n through them meets at 0. */
export function weights(low: number, high: number): readonly [number, number] {
  return [-low / (high - low), high / (high - low)];
}

/**
 * CPU seconds of networks of two widths to a standard error of the extrapolation: the least of c₁ m₁ + c₂ m₂ where
 * a₁² s₁² / m₁ + a₂² s₂² / m₂ = ε², which is ((|a₁| s₁ √c₁ + |a₂| s₂ √c₂) / ε)².
 */
export function pairCost(low: Law, high: Law, factors: readonly [number, number], error: number): number {
  const part = ({ variance, cpu }: Law, factor: number): number => Math.abs(factor) * Math.sqrt(variance * cpu);
  return ((part(low, factors[0]) + part(high, factors[1])) / error) ** 2;
}

/** Root-mean-square distance of means, spread taken off; 0 where that is all there is. */
export interface Bias {
  readonly value: number;
  /** Whether it is above the bound beyond doubt. */
  readonly above: boolean;
}

/**
 * The bias of means whose gaps to the truth are `gaps`: b² = mean (gap² − variance). How far b² may be off is found from
 * `noise`, draws of the errors of the means, all entries of a draw together, since entries depend on each other.
 */
export function biasOf(
  gaps: readonly number[],
  variances: readonly number[],
  noise: readonly (readonly number[])[],
  bound: number,
): Bias {
  const square = mean(gaps.map((gap, k) => gap * gap - at(variances, k)));
  const off = noise.map((draw) =>
    mean(draw.map((error, k) => 2 * at(gaps, k) * error + error * error - at(variances, k))),
  );
  const doubt = Math.sqrt(mean(off.map((one) => one * one)));
  return { value: Math.sqrt(Math.max(0, square)), above: square - SURE * doubt > bound * bound };
}

/** One of several ways, with what it costs. */
export interface Way {
  readonly name: string;
  readonly cost: number;
  readonly bias: Bias;
}

export interface CostFigures {
  readonly limit: readonly Way[];
  readonly pairs: readonly Way[];
  /** The least of those that count. */
  readonly best: { readonly limit: string; readonly pair: string };
  /** CPU of the limit in parts of that of dense networks; absent where no way counts. */
  readonly ratio?: Figure;
}

export interface CostData {
  /** The last one is the reference: its bias is taken as none. */
  readonly sizes: readonly LimitRuns[];
  readonly widths: readonly NetworkRuns[];
}

/** Costs to a standard error, of which those with a larger bias do not count, and the ratio of the least ones. */
export function costFigures({ sizes, widths }: CostData, error: number, draws: number, stream: Stream): CostFigures {
  const limits = sizes.map(limitLaw);
  const networks = widths.map(networkLaw);
  const again = Array.from({ length: draws }, (_, draw) => ({
    limits: sizes.map((size) => limitLaw({ ...size, runs: redrawn(size.runs, below(draw, size.size)) })),
    networks: widths.map((one) => {
      const rows = redrawn(one.rows, below(draw, `${one.width} rows`));
      return networkLaw({ ...one, rows, cpu: redrawn(one.cpu, below(draw, `${one.width} cpu`)) });
    }),
  }));
  const truth = at(limits, limits.length - 1);
  const limit = sizes.map(({ size }, k): Way => {
    const own = at(limits, k);
    const bias = own === truth ? { value: 0, above: false } : found([[1, own, ({ limits }) => at(limits, k)]]);
    return { name: size, cost: limitCost(own, error), bias };
  });
  const places = widths.flatMap((_, j) => widths.slice(0, j).map((__, i): readonly [number, number] => [i, j]));
  const pairs = places.map(([i, j]): Way => {
    const [low, high] = [at(widths, i).width, at(widths, j).width];
    const factors = weights(low, high);
    return {
      name: `${low}, ${high}`,
      cost: pairCost(at(networks, i), at(networks, j), factors, error),
      bias: found([
        [factors[0], at(networks, i), ({ networks }) => at(networks, i)],
        [factors[1], at(networks, j), ({ networks }) => at(networks, j)],
      ]),
    };
  });
  const [ours, theirs] = [least(limit), least(pairs)];
  const best = { limit: ours?.name ?? 'none', pair: theirs?.name ?? 'none' };
  if (ours === undefined || theirs === undefined) return { limit, pairs, best };
  // Which ways count is found once; which of them is the cheapest, in every draw.
  const ratios = again.map((draw) => {
    const costs = draw.limits.flatMap((law, k) => (at(limit, k).bias.above ? [] : [limitCost(law, error)]));
    const dense = places.flatMap(([i, j], k) => {
      if (at(pairs, k).bias.above) return [];
      const factors = weights(at(widths, i).width, at(widths, j).width);
      return [pairCost(at(draw.networks, i), at(draw.networks, j), factors, error)];
    });
    return Math.min(...costs) / Math.min(...dense);
  });
  return { limit, pairs, best, ratio: { value: ours.cost / theirs.cost, ...between(ratios) } };

  function below(draw: number, what: string): Stream {
    return stream.substream(draw).substream(what);
  }

  /** The bias of a combination of laws, beside the reference. */
  function found(
    parts: readonly (readonly [number, ReturnType<typeof networkLaw>, (draw: (typeof again)[number]) => Law])[],
  ): Bias {
    const combined = (of: (part: (typeof parts)[number]) => readonly number[]): number[] =>
      truth.means.map((_, k) => parts.reduce((sum, part) => sum + part[0] * at(of(part), k), 0));
    const means = combined(([, law]) => law.means);
    const variances = truth.variances.map((own, k) =>
      parts.reduce((sum, [factor, law]) => sum + factor ** 2 * at(law.variances, k), own),
    );
    const noise = again.map((draw) => {
      const drawn = combined(([, , law]) => law(draw).means);
      const reference = at(draw.limits, limits.length - 1).means;
      return drawn.map((value, k) => value - at(means, k) - (at(reference, k) - at(truth.means, k)));
    });
    return biasOf(
      means.map((value, k) => value - at(truth.means, k)),
      variances,
      noise,
      error,
    );
  }
}

/** The cheapest way that counts. */
function least(ways: readonly Way[]): Way | undefined {
  return ways
    .filter(({ bias }) => !bias.above)
    .reduce<Way | undefined>((best, way) => (best === undefined || way.cost < best.cost ? way : best), undefined);
}

function between(values: readonly number[]): Omit<Figure, 'value'> {
  const sorted = [...values].sort((a, b) => a - b);
  const tail = (1 - COVERAGE) / 2;
  const place = (share: number): number => at(sorted, Math.round(share * (sorted.length - 1)));
  return { low: place(tail), high: place(1 - tail), coverage: COVERAGE };
}

/** As many, drawn from them with repetition. */
function redrawn<T>(values: readonly T[], stream: Stream): T[] {
  return Array.from(stream.uniforms(values.length), (u) => values[Math.floor(u * values.length)] as T); // in range
}

const columns = (rows: readonly (readonly number[])[]): number[][] =>
  at(rows as readonly (readonly number[])[], 0).map((_, k) => rows.map((row) => at(row, k)));

const entrywise = (rows: readonly (readonly number[])[]): number[] => columns(rows).map(mean);
