/** When measurements may be judged. */

import { percent } from './format.ts';
import { BUSY_SHARE } from './machine.ts';

/** Fewer rounds than this give no verdict. */
const MIN_ROUNDS = 7;

/** Why measurements give no verdict, if so. */
export function unfit(measured: {
  readonly before: number;
  readonly enough: boolean;
  readonly disturbed: number;
  readonly rounds: number;
}): string | undefined {
  const { before, enough, disturbed, rounds } = measured;
  if (!enough) return `others took more than ${percent(BUSY_SHARE)} of the machine during ${disturbed} rounds`;
  if (before > BUSY_SHARE) return `others took ${percent(before)} of the machine before the first round`;
  return rounds < MIN_ROUNDS ? `${rounds} rounds are fewer than ${MIN_ROUNDS}` : undefined;
}
