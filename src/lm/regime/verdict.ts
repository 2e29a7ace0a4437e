/**
 * Does fine-tuning behave like a kernel? Both tests (Malladi et al. 2023, definition 3.2) have to pass; the solution, the
 * third question, is not judged: a kernel that classifies as well may do so in another way.
 */

import { counted } from '../../errors/wording/index.ts';
import type { Metric } from '../data/tasks.ts';
import { type BOUNDS, type Criterion, criteriaOf, LEAST_MOVE, meanMove, PAPER, type RegimeTest } from './criteria.ts';
import type { MeasuredDraw } from './measureDraw.ts';

/** Whether fine-tuning behaves like a kernel, with criteria, bounds and words. */
export interface Verdict {
  readonly verdict: 'kernel' | 'not kernel' | 'undecided';
  /** Tests that fail; none where it is undecided for other reasons. */
  readonly failed: readonly RegimeTest[];
  readonly criteria: readonly Criterion[];
  /** Whether the bounds of the paper alone are kept; null where nothing is judged. */
  readonly byPaper: boolean | null;
  /** Root mean square by which logits moved. */
  readonly moved: number | null;
  /** The verdict in words, sentences without their periods: what it is, by how much, what would tell more. */
  readonly words: readonly string[];
}

/** What a criterion is of, in words. */
export const CRITERION_WORDS: Readonly<Record<keyof typeof BOUNDS, string>> = {
  gainRecovered: "share of fine-tuning's gain that the linear model has",
  logitError: "error of the linear model's logits as a share of their move",
  relativeDistance: "mean relative change of the kernel's entries",
  kernelChange: 'change of the kernel as a share of its norm',
};

/** Judges the draws of one optimizer: the means over draws, against each bound. */
export function judgeRegime(
  draws: readonly MeasuredDraw[],
  { metric, evaluated }: { readonly metric: Metric; readonly evaluated: number },
): Verdict {
  const measured = draws.flatMap(({ found }) => (found === null ? [] : [found]));
  if (measured.length < draws.length || measured.length === 0) {
    const lost = draws.length - measured.length;
    return {
      verdict: 'undecided',
      failed: [],
      criteria: [],
      byPaper: null,
      moved: null,
      words: [
        `undecided: training diverged in ${counted(lost, 'draw')} of ${draws.length}, and there is no fine-tuned model to explain`,
        'A smaller learning rate would tell more',
      ],
    };
  }
  const criteria = criteriaOf({ draws: measured, metric, evaluated });
  const moved = meanMove(measured);
  if (moved < LEAST_MOVE) {
    return {
      verdict: 'undecided',
      failed: [],
      criteria,
      byPaper: null,
      moved,
      words: [
        `undecided: training moved the logits by ${digits(moved)}, and every model is linear at distances below ${LEAST_MOVE}`,
        'More steps or a larger learning rate would tell more',
      ],
    };
  }
  const failing = criteria.filter(({ passes }) => passes === false);
  const failed = [...new Set(failing.map(({ test }) => test))];
  const verdict = failed.length === 0 ? 'kernel' : 'not kernel';
  const byPaper = !failing.some(({ source }) => source === PAPER);
  const told =
    verdict === 'kernel'
      ? 'kernel behavior: linearization and fixed features both pass'
      : `no kernel behavior: ${failed.join(' and ')} ${failed.length === 1 ? 'fails' : 'fail'}`;
  return {
    verdict,
    failed,
    criteria,
    byPaper,
    moved,
    words: [
      told,
      ...(failing.length === 0 ? nearest(criteria) : failing.map(howFar)),
      ...(verdict === 'not kernel' && byPaper ? ['By the bounds of the paper alone it would be kernel behavior'] : []),
      ...more(criteria, draws.length),
    ],
  };
}

function howFar({ name, value, bound, asked }: Criterion): string {
  const off = value === null ? '' : `is ${digits(value)}`;
  return `The ${CRITERION_WORDS[name]} ${off}, ${asked} ${bound} is asked`;
}

/** Of what passes, what is nearest to its bound. */
function nearest(criteria: readonly Criterion[]): string[] {
  const known = criteria.flatMap((one) =>
    one.value === null ? [] : [{ one, room: one.asked === 'at most' ? one.value / one.bound : one.bound / one.value }],
  );
  const closest = known.sort((a, b) => b.room - a.room)[0];
  return closest === undefined ? [] : [`Nearest to its bound: the ${lower(howFar(closest.one))}`];
}

const lower = (sentence: string): string => sentence.replace(/^The /, '');

/** What would make the verdict surer. */
function more(criteria: readonly Criterion[], draws: number): string[] {
  const open = criteria.filter(
    ({ interval, bound }) => interval !== null && interval[0] <= bound && bound <= interval[1],
  );
  const told: string[] = [];
  if (draws === 1) told.push('One draw says nothing of others: more seeds would tell more');
  for (const { name, interval } of open) {
    const [low, high] = interval ?? [Number.NaN, Number.NaN];
    told.push(
      `Draws differ: the 95 % interval of the ${CRITERION_WORDS[name]}, ${digits(low)} to ${digits(high)}, holds its bound; more seeds would tell more`,
    );
  }
  if (criteria.some(({ name, value }) => name === 'gainRecovered' && value === null)) {
    told.push(
      'Fine-tuning gains too little on these examples for a share of it to be measured; more evaluated examples, steps or a larger rate would tell more',
    );
  }
  return told;
}

const digits = (value: number): string => String(Number(value.toPrecision(3)));
