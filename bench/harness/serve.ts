/**
 * One side of a benchmark as a process that stays: it reads requests from stdin and answers on stdout, one JSON object a
 * line, so that neither its start nor what it compiles counts.
 *
 * | request              | reply                                                  |
 * | -------------------- | ------------------------------------------------------ |
 * | {"ask":"describe"}   | {"name", "parameters", …}                              |
 * | {"ask":"run"}        | {"wall", "cpu"}: seconds of one run, all threads       |
 * | {"ask":"answer"}     | {"values"}: the numbers that the last run gave         |
 * | {"ask":"peak"}       | {"bytes"}: the largest resident set so far             |
 */

import { createInterface } from 'node:readline';

/** What a side says about itself. */
export interface Description {
  readonly name: string;
  /** Numbers that are differentiated by. */
  readonly parameters: number;
}

/** Seconds of one run. */
export interface Timing {
  readonly wall: number;
  readonly cpu: number;
}

export interface Replies {
  readonly describe: Description;
  readonly run: Timing;
  readonly answer: { readonly values: readonly number[] };
  readonly peak: { readonly bytes: number };
}

export type Ask = keyof Replies;

/** Answers requests until stdin ends. */
export async function serve(description: Description, run: () => Promise<ArrayLike<number>>): Promise<void> {
  let last: ArrayLike<number> = [];
  const replies: { readonly [A in Ask]: () => Replies[A] | Promise<Replies[A]> } = {
    describe: () => description,
    run: async () => {
      const cpu = process.cpuUsage();
      const started = performance.now();
      last = await run();
      const wall = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      return { wall, cpu: (user + system) / 1e6 };
    },
    answer: () => ({ values: Array.from(last) }),
    peak: () => ({ bytes: process.resourceUsage().maxRSS * 1024 }),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const { ask } = JSON.parse(line) as { readonly ask: Ask }; // from side.ts
    process.stdout.write(`${JSON.stringify(await replies[ask]())}\n`);
  }
}
