/**
 * The benches of this checkout beside those of another one: nothing may have become slower or larger.
 *
 * Both run the same script, each its own with its own library. First processes alone, in pairs: their answers are
 * compared, and their peaks are what memory is. Then processes that stay run in turn, for times; where the first run of a
 * process is what is measured, the times are those of the processes alone.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../src/numeric/index.ts';
import { type Compared, compareTimes, type Others } from '../harness/compare.ts';
import type { Runner } from '../harness/rounds.ts';
import { HERE } from '../harness/script.ts';
import type { Timing } from '../harness/serve.ts';
import { Side } from '../harness/side.ts';
import type { Answers } from './answers.ts';
import { type Case, type CaseOptions, cases, type Staying } from './cases.ts';
import { type Figure, figure, memoryFigure } from './figures.ts';
import { type Alone, AloneRunner, repeated } from './runners.ts';

/** Runs before any that counts, of each process that stays. */
const WARM_UP = 2;

export interface BaselineOptions extends CaseOptions {
  /** Folder of the other checkout. */
  readonly root: string;
  /** Rounds that count. */
  readonly rounds: number;
  /** What happens, for people. */
  readonly say: (line: string) => void;
}

export interface CaseResult {
  readonly title: string;
  readonly unit: string;
  readonly answers: Answers;
  /** None where answers differ. */
  readonly figures: readonly Figure[];
  readonly others?: Others;
  /** Processes alone, and the runs that count. */
  readonly ours: Raw;
  readonly baseline: Raw;
}

export interface Raw {
  readonly name: string;
  readonly peakBytes: readonly number[];
  readonly runs: readonly Timing[];
}

/** Measures every case. */
export async function baselineBench(options: BaselineOptions): Promise<readonly CaseResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-bench-'));
  try {
    const results: CaseResult[] = [];
    for await (const one of cases(options, folder)) results.push(await oneCase(one, options));
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the bench ends with 1. */
export function failed(results: readonly CaseResult[]): boolean {
  return results.some(({ answers, figures }) => !answers.agree || figures.some(({ verdict }) => verdict === 'worse'));
}

async function oneCase(one: Case, options: BaselineOptions): Promise<CaseResult> {
  const { rounds, say, root } = options;
  const { title, unit, staying } = one;
  const alone = [HERE, root].map((tree) => new AloneRunner((k) => one.alone(tree, k)));
  const [ours, baseline] = [at(alone, 0), at(alone, 1)];
  try {
    say(`${title}: processes alone, whose answers are compared`);
    const first = staying === undefined ? await beside(ours, baseline, options) : () => timed(staying, options);
    await inPairs(alone, Math.max(rounds, one.leastPairs));
    const answers = compareAnswers(one, ours.runs, baseline.runs);
    say(`  answers ${answers.agree ? 'agree' : 'differ'}: ${answers.found}`);
    const result = { title, unit, answers, ours: raw(ours.runs, []), baseline: raw(baseline.runs, []) };
    if (!answers.agree) return { ...result, figures: [] };
    const times = typeof first === 'function' ? await first() : first;
    return { ...result, ...judged(result, times, staying?.units ?? 1, rounds) };
  } finally {
    await Promise.all(alone.map((runner) => runner.stop()));
  }
}

/** Runs in turn until there are so many of each. */
async function inPairs(alone: readonly AloneRunner[], pairs: number): Promise<void> {
  for (let k = Math.max(...alone.map(({ runs }) => runs.length)); k < pairs; k++) {
    for (const runner of k % 2 === 0 ? alone : alone.toReversed()) {
      await runner.prepare();
      await runner.run();
    }
  }
}

function compareAnswers({ compare }: Case, ours: readonly Alone[], baseline: readonly Alone[]): Answers {
  const [mine, theirs] = [at(ours, 0).parameters, at(baseline, 0).parameters];
  if (mine !== theirs) return { agree: false, found: `${mine} and ${theirs} parameters` };
  return compare(
    ours.map(({ answer }) => answer),
    baseline.map(({ answer }) => answer),
  );
}

/** Runs of processes that stay. */
async function timed({ command, repeats }: Staying, options: BaselineOptions): Promise<Compared> {
  const sides = [HERE, options.root].map((tree) => new Side(command(tree)));
  try {
    const runners = sides.map((side) => repeated(side, repeats));
    for (const side of runners) {
      for (let k = 0; k < WARM_UP; k++) {
        await side.prepare();
        await side.run();
      }
    }
    return await beside(at(runners, 0), at(runners, 1), options);
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

const beside = (ours: Runner, baseline: Runner, { rounds, say }: BaselineOptions): Promise<Compared> =>
  compareTimes(ours, [baseline], { rounds, say, names: ['baseline'], prepared: true });

const raw = (alone: readonly Alone[], runs: readonly Timing[]): Raw => ({
  name: at(alone, 0).name,
  peakBytes: alone.map(({ peakBytes }) => peakBytes),
  runs,
});

function judged(
  { ours, baseline }: Pick<CaseResult, 'ours' | 'baseline'>,
  times: Compared,
  units: number,
  rounds: number,
): Omit<CaseResult, 'title' | 'unit' | 'answers'> {
  const theirs = at(times.rivals, 0).timings;
  const time = (pick: 'wall' | 'cpu'): Figure => {
    const of = (timings: readonly Timing[]): number[] => timings.map((timing) => timing[pick] / units);
    return figure(pick, of(times.ours), of(theirs), times.unfitting);
  };
  return {
    figures: [time('wall'), time('cpu'), memoryFigure(ours.peakBytes, baseline.peakBytes, rounds)],
    others: times.others,
    ours: { ...ours, runs: times.ours },
    baseline: { ...baseline, runs: theirs },
  };
}
