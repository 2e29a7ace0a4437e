/** Threads that share a memory and divide the turns of compiled loops among themselves. */

import type { Module, SharedMemory } from './machine.ts';

/** A call of a compiled function over records. */
export interface LoopCall {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Blocks of pairs for several threads: all do the same calls, each over arrays of its own. */
export interface Job {
  readonly module: Module;
  readonly memory: SharedMemory;
  readonly calls: readonly LoopCall[];
  /** Where the arrays of each thread start, the first that of the caller. */
  readonly bases: readonly number[];
  /** Pairs of a block. */
  readonly block: number;
  /** Pairs of a turn of the loops, which blocks are filled up to. */
  readonly turn: number;
  /** The address of three i32: the next block, the number of threads that have finished, whether one failed. */
  readonly counter: number;
}

/** Threads that do jobs together with the caller. */
export interface Team {
  /** How many there are, the caller counted. */
  readonly threads: number;
  /** Does the job for so many pairs; blocks are given to whoever is free. */
  run(job: Job, pairs: number): void;
}

/** One thread's share of a job: blocks as long as there are any. */
export function doBlocks(
  calls: readonly { readonly run: (...numbers: number[]) => void; readonly from: number; readonly to: number }[],
  {
    block,
    turn,
    base,
    pairs,
  }: { readonly block: number; readonly turn: number; readonly base: number; readonly pairs: number },
  next: () => number,
): void {
  const width = 8 * turn;
  for (let first = next() * block; first < pairs; first = next() * block) {
    const bytes = Math.ceil(Math.min(block, pairs - first) / turn) * width;
    for (const { run, from, to } of calls) run(from, to, base, bytes, first);
  }
}
