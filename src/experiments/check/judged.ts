/** The verdict on one entry of an output. */

import { required } from '../../errors/index.ts';
import type { Singularity } from './existence/index.ts';
import type { EntryLimit } from './limits.ts';
import { distance, heavyTail, rateOf } from './rate.ts';
import type { CheckedOutput } from './result.ts';

/** What is known of an output besides its limit. */
export interface Evidence {
  readonly widths: readonly number[];
  readonly seeds: number;
  /** Values by width and seed. */
  readonly runs: readonly (readonly number[])[];
  /** What may keep the limit from existing. */
  readonly singular: readonly Singularity[];
  /** The size of the entries that it averages. */
  readonly averaged: number;
}

/** Standard errors by which a sampled limit may miss an exact one: the bias of two widths comes on top of the spread. */
const MARGIN = 10;
/** What both may err by in any case, as a part of what is averaged. */
const ROUNDING = 1e-9;

/** Distances by width, their exponent, and the verdict with its reasons. */
export function judged({ output: _output, entry: _entry, ...limit }: EntryLimit, evidence: Evidence): CheckedOutput {
  const { widths, runs, singular } = evidence;
  if (singular.some(({ certain }) => certain)) {
    const { name } = limit;
    const distances = runs.map((list, k) => distance(required(widths[k], `width ${k}`), list, Number.NaN));
    return {
      name,
      limit: Number.NaN,
      standardError: Number.NaN,
      distances,
      verdict: 'singular',
      reasons: told(singular),
    };
  }
  // A mean that need not exist is not exact, whatever a quadrature says.
  const { sampled, ...rest } = limit;
  const shown =
    singular.length === 0 || sampled === undefined
      ? limit
      : { ...rest, limit: sampled.value, standardError: sampled.standardError };
  const distances = runs.map((list, k) => distance(required(widths[k], `width ${k}`), list, shown.limit));
  const rate = rateOf(distances, { ...shown, ...evidence });
  const reasons = [...told(singular), ...apart(limit, evidence), ...heavy(evidence)];
  if (reasons.length === 0) return { ...shown, distances, ...rate };
  return { ...shown, distances, ...rate, verdict: rate.verdict === 'slower' ? 'slower' : 'unclear', reasons };
}

const told = (singular: readonly Singularity[]): string[] => singular.map(({ text }) => text);

/** A sampled and an exact limit that disagree. */
function apart({ limit, sampled }: Pick<EntryLimit, 'limit' | 'sampled'>, { averaged }: Evidence): string[] {
  if (sampled === undefined) return [];
  const room = MARGIN * sampled.standardError + ROUNDING * Math.max(Math.abs(limit), averaged);
  if (Math.abs(sampled.value - limit) <= room) return [];
  return [
    `the limit without sampling, ${limit}, and the sampled one, ${sampled.value} ± ${sampled.standardError.toExponential(1)}, disagree`,
  ];
}

/** Spreads that are those of single runs. */
function heavy({ widths, runs, seeds }: Evidence): string[] {
  const found = runs.flatMap((values, k) => {
    const share = heavyTail(values);
    return share === undefined ? [] : [{ width: required(widths[k], `width ${k}`), share }];
  });
  const [first] = found.sort((a, b) => b.share - a.share);
  if (first === undefined) return [];
  const share = Math.floor(100 * first.share);
  return [
    `at width ${first.width} one of ${seeds} runs carries ${share} % of the spread: a few entries carry the mean`,
  ];
}
