/**
 * One side of a benchmark as a process that stays: it reads requests from stdin and answers on stdout, one JSON object a
 * line, so that neither its start nor what it compiles counts.
 *
 * | request              | reply                                                  |
 * | -------------------- | ------------------------------------------------------ |
 * | {"ask":"describe"}   | {"name", "parameters", …}                              |
 * | {"ask":"prepare"}    | {}: ready for a run that begins where the first began  |
 * | {"ask":"run"}        | {"wall", "cpu", …}: seconds of one run, all threads    |
 * | {"ask":"answer"}     | {"values"}: the numbers that the last run gave         |
 * | {"ask":"peak"}       | {"bytes"}: the largest resident set so far             |
 */

import { createInterface } from 'node:readline';
import { peakBytes } from './peak.ts';

/** What a side says about itself. */
export interface Description {
  readonly name: string;
  /** Numbers that are trained or differentiated by. */
  readonly parameters: number;
}

/** Seconds of one run. */
export interface Timing {
  readonly wall: number;
  readonly cpu: number;
  readonly notes?: Notes;
}

/** What a side alone can measure in a run, such as the seconds of a part of it. */
export type Notes = Readonly<Record<string, number>>;

/** What a run gives. */
export interface Outcome {
  readonly answer: ArrayLike<number>;
  readonly notes?: Notes;
}

export interface Replies {
  readonly describe: Description;
  readonly prepare: Readonly<Record<string, never>>;
  readonly run: Timing;
  readonly answer: { readonly values: readonly number[] };
  readonly peak: { readonly bytes: number };
}

export type Ask = keyof Replies;

/** Answers requests until stdin ends. Runs that change something get it back by `prepare`, whose time does not count. */
export async function serve(
  description: Description,
  run: () => Promise<Outcome>,
  prepare: () => Promise<void> = async () => {},
): Promise<void> {
  let last: ArrayLike<number> = [];
  const replies: { readonly [A in Ask]: () => Replies[A] | Promise<Replies[A]> } = {
    describe: () => description,
    prepare: async () => {
      await prepare();
      return {};
    },
    run: async () => {
      const cpu = process.cpuUsage();
      const started = performance.now();
      const { answer, notes } = await run();
      last = answer;
      const wall = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      return { wall, cpu: (user + system) / 1e6, ...(notes === undefined ? {} : { notes }) };
    },
    answer: () => ({ values: Array.from(last) }),
    peak: () => ({ bytes: peakBytes() }),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const { ask } = JSON.parse(line) as { readonly ask: Ask }; // from side.ts
    process.stdout.write(`${JSON.stringify(await replies[ask]())}\n`);
  }
}
