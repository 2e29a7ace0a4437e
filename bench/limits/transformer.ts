/** An infinitely wide transformer of one block: seconds to a standard error of 1e-2 in the loss, and at the library's own size. */

import { required } from '../../src/errors/index.ts';
import { at } from '../../src/numeric/index.ts';
import { unfit } from '../harness/fitness.ts';
import { percent, times } from '../harness/format.ts';
import { BUSY_SHARE, busyShare, watchOthers } from '../harness/machine.ts';
import type { Timing } from '../harness/serve.ts';
import { Side } from '../harness/side.ts';
import { type Estimate, medianInterval } from '../harness/statistics.ts';
import { BOUNDS, judged, type Verdict } from './bounds.ts';
import { type LimitTold, limitSide, type Size, sizeName } from './sides.ts';

/** The standard error that is asked for, of the loss before the fourth update. */
const ERROR = 1e-2;
/** Losses at two sizes that are further apart than this many joint standard errors differ. */
const MOST_ERRORS = 4;
const QUIET_SECONDS = 2;

export interface TransformerOptions {
  /** Size and scramblings to the standard error that is asked for. */
  readonly size: Size;
  readonly scramblings: number;
  readonly repeats: number;
  /** Whether the library's own size and number of scramblings is run as well, once. */
  readonly large: boolean;
  readonly say: (line: string) => void;
}

export interface TransformerCase {
  readonly size: string;
  readonly runs: readonly (Timing & { readonly loss: number; readonly error: number })[];
  readonly wall: Estimate;
  readonly cpu: Estimate;
  /** Median of the standard errors. */
  readonly error: number;
  readonly bound: { readonly most: number; readonly aim: number };
  readonly verdict: Verdict | 'answers differ';
  readonly reason?: string;
}

/** Every run is the first of a process, as its users have it. */
export async function transformerCases(options: TransformerOptions): Promise<TransformerCase[]> {
  const { size, scramblings, repeats, large } = options;
  const small = await measured(
    { problem: 'transformer', ...size, scramblings },
    repeats,
    BOUNDS.transformer.small,
    ERROR,
    options,
  );
  if (!large) return [small];
  const usual = await measured({ problem: 'transformer' }, 1, BOUNDS.transformer.default, undefined, options);
  const [first, other] = [at(small.runs, 0), at(usual.runs, 0)];
  const gap = Math.abs(first.loss - other.loss) / Math.hypot(first.error, other.error);
  if (gap <= MOST_ERRORS) return [small, usual];
  const reason = `losses are ${gap.toFixed(1)} joint standard errors apart`;
  return [small, usual].map((one) => ({ ...one, verdict: 'answers differ', reason }));
}

async function measured(
  told: LimitTold,
  repeats: number,
  bound: TransformerCase['bound'],
  most: number | undefined,
  { say }: TransformerOptions,
): Promise<TransformerCase> {
  const before = await busyShare(QUIET_SECONDS);
  const runs: TransformerCase['runs'][number][] = [];
  let disturbed = 0;
  for (let k = 0; k < repeats; k++) {
    const side = new Side(limitSide({ ...told, seed: SEEDS_APART * k }));
    try {
      await side.ask('describe');
      const others = watchOthers();
      const timing = await side.run();
      const share = others(timing.cpu);
      if (share > BUSY_SHARE) disturbed++;
      const [loss, error] = (await side.ask('answer')).values;
      runs.push({ ...timing, loss: required(loss, 'loss'), error: required(error, 'standard error') });
      say(
        `transformer, ${sizeName(told)}: ${times(timing)}, loss to ${error?.toFixed(4)} · others took ${percent(share)}`,
      );
    } finally {
      await side.stop();
    }
  }
  const wall = medianInterval(runs.map((run) => run.wall));
  const error = medianInterval(runs.map((run) => run.error)).median;
  const unfitting = unfit({ before, enough: disturbed === 0, disturbed, rounds: repeats });
  const wide =
    most !== undefined && error > most ? `the standard error is ${error.toPrecision(2)}, above ${most}` : undefined;
  return {
    size: sizeName(told),
    runs,
    wall,
    cpu: medianInterval(runs.map((run) => run.cpu)),
    error,
    bound,
    ...judged(bound.most, wall, wide ?? unfitting),
  };
}

/** More than a run has scramblings. */
const SEEDS_APART = 1000;
