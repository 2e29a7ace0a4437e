/** Whether two checkouts give the same answers. */

import { at } from '../../src/numeric/index.ts';
import { relativeDifference } from '../harness/statistics.ts';
import { SAME_ANSWER } from '../kernel/bench.ts';
import { compareWidths, type Rows } from '../kets/statistics.ts';
import { compareLosses, SAME_LOSS } from '../train/losses.ts';

export interface Answers {
  readonly agree: boolean;
  /** How far apart they are, and what is allowed. */
  readonly found: string;
}

/** Compares the answers of processes alone: row k is that of pair k. */
export type CompareAnswers = (ours: Rows, baseline: Rows) => Answers;

/** Losses, pair by pair and step by step. */
export const sameLosses: CompareAnswers = (ours, baseline) =>
  furthest(ours, baseline, SAME_LOSS, (mine, theirs) => compareLosses(mine, theirs).difference);

/** Kernels, pair by pair in the Frobenius norm. */
export const sameKernels: CompareAnswers = (ours, baseline) =>
  furthest(ours, baseline, SAME_ANSWER, relativeDifference);

/**
 * Outputs of kets: equal where arithmetic and draws are, else equal in law as far as the means over pairs, each of another
 * seed, tell. The joint standard error takes both sides for independent, which errs towards agreement where draws are
 * shared in part.
 */
export function sameMeans(names: readonly string[], width: number): CompareAnswers {
  return (ours, baseline) => {
    if (equal(ours, baseline)) return { agree: true, found: 'equal' };
    const compared = compareWidths(names, [
      { width, rows: ours },
      { width, rows: baseline },
    ]);
    if (compared === undefined) return { agree: false, found: 'differ, and one run of each has no standard error' };
    const { entry, distance, allowed, agrees } = compared;
    const far = `means ${distance.toFixed(1)} joint standard errors apart (${entry}), ${allowed.toFixed(1)} are allowed`;
    return { agree: agrees, found: far };
  };
}

function furthest(
  ours: Rows,
  baseline: Rows,
  allowed: number,
  difference: (mine: readonly number[], theirs: readonly number[]) => number,
): Answers {
  if (ours.length !== baseline.length || ours.length === 0) return { agree: false, found: 'not as many answers' };
  if (equal(ours, baseline)) return { agree: true, found: 'equal' };
  // NaN, for answers that cannot be compared, is passed on by Math.max and within no bound.
  const worst = Math.max(...ours.map((row, k) => difference(row, at(baseline, k))));
  const far = `relative difference ${worst.toExponential(1)}, ${allowed} is allowed`;
  return { agree: worst <= allowed, found: far };
}

/** Equal numbers, at least one of them; NaN equals nothing. */
const equal = (ours: Rows, baseline: Rows): boolean =>
  ours.length === baseline.length &&
  ours.length > 0 &&
  ours.every((row, k) => {
    const other = at(baseline, k);
    return row.length > 0 && row.length === other.length && row.every((value, entry) => value === other[entry]);
  });
