/** What a limit of training says, in sentences. */

import { required } from '../../errors/index.ts';
import type { LimitReport } from './result.ts';

const KINDS: Readonly<Record<LimitReport['kind'], string>> = {
  'neural tangent':
    'Neural tangent limit: features and the tangent kernel stand still, and outputs move along them; their random start is left out, of the limit (they start at 0) and of every network (its own start is taken off)',
  'maximal update': 'Maximal update limit: features move by order 1, and outputs are the same for every seed',
};

/** Sentences without their periods, the most telling first. */
export function limitWords(report: LimitReport): readonly string[] {
  return [KINDS[report.kind], ...lossWords(report), ...approachWords(report), ...divergedWords(report)];
}

/** Means of as many steps as there are batches, so that both are of all examples. */
function lossWords({ losses, batches, steps }: LimitReport): readonly string[] {
  if (losses === null) return [];
  const values = losses.map(({ value }) => value);
  const step = values.indexOf(null);
  if (step >= 0) return [`In the limit the loss is not finite after ${updates(step)}: training diverges there`];
  const round = Math.min(batches.length, values.length);
  const mean = (of: readonly (number | null)[]): string =>
    (of.reduce<number>((sum, value) => sum + required(value ?? undefined, 'loss'), 0) / of.length).toPrecision(3);
  const where = round === 1 ? '' : ` (means of ${round} steps, one a batch)`;
  return [
    `In the limit the loss goes from ${mean(values.slice(0, round))} to ${mean(values.slice(-round))} in ${updates(steps)}${where}`,
  ];
}

const USUAL = -0.5;

function approachWords({ exponent, exponentInterval, finite }: LimitReport): readonly string[] {
  if (exponent === null || exponentInterval === null) return [];
  const [low, high] = exponentInterval;
  const words = `${exponent.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
  const first = required(finite[0], 'width beside a limit').width;
  const last = required(finite.at(-1), 'width beside a limit').width;
  const judged =
    low <= USUAL && USUAL <= high
      ? 'as the usual -1/2'
      : high < USUAL
        ? 'faster than the usual -1/2'
        : high < 0
          ? 'slower than the usual -1/2'
          : 'which does not say that they approach it: give more --seeds, or wider --widths';
  return [`Networks of widths ${first} to ${last} approach the limit with the exponent ${words}, ${judged}`];
}

function divergedWords({ finite }: LimitReport): readonly string[] {
  const bad = finite.filter(({ diverged }) => diverged > 0);
  if (bad.length === 0) return [];
  const list = bad.map(({ width, seeds, diverged }) => `${diverged} of ${seeds} at width ${width}`).join(', ');
  return [`Networks that diverged, and are left out: ${list}`];
}

/** `1 update`, `8 updates`. */
export const updates = (count: number): string => `${count} ${count === 1 ? 'update' : 'updates'}`;
