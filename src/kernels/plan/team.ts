/** What a run may have beside one thread: others that share the memory, and an engine for products of matrices. */

import type { Module, SharedMemory } from '../../numeric/wasm/index.ts';
import type { LoopCall } from './operations.ts';

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

/** a · bᵀ, [rows of a, rows of b], both of rows of `length` numbers; it may be put `into` what is given, and be that. */
export type Product = (a: Float64Array, b: Float64Array, length: number, into?: Float64Array) => Promise<Float64Array>;

/** What kernels are computed on. */
export interface KernelMachine {
  readonly team?: Team;
  readonly product?: Product;
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
