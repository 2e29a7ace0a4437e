/** Threads that share the inner loops of kernels. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { required } from '../../errors/index.ts';
import { doBlocks, instantiate, type Job, type Team } from '../../numeric/wasm/index.ts';
import { badThreads, broken } from '../errors.ts';

/** More than any machine has cores. */
const MOST_THREADS = 1024;

/**
 * A thread's share of jobs, {@link doBlocks} as a text: a file of its own would have to be found by every bundler, and
 * runtimes of TypeScript start none. The last number of the counter says that a thread failed.
 */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
let held;
parentPort.on('message', ({ job, thread, pairs }) => {
  if (job !== undefined) held = { job, thread };
  const { memory, compiled, calls, bases, block, turn, counter } = held.job;
  const shared = new Int32Array(memory.buffer, counter, 3);
  try {
    held.exports ??= new WebAssembly.Instance(compiled, { env: { memory } }).exports;
    held.runs ??= calls.map(({ name, from, to }) => ({ run: held.exports[name], from, to }));
    const base = bases[held.thread];
    for (let first = Atomics.add(shared, 0, 1) * block; first < pairs; first = Atomics.add(shared, 0, 1) * block) {
      const bytes = Math.ceil(Math.min(block, pairs - first) / turn) * 8 * turn;
      for (const { run, from, to } of held.runs) run(from, to, base, bytes, first);
    }
  } catch {
    Atomics.store(shared, 2, 1);
  }
  Atomics.add(shared, 1, 1);
  Atomics.notify(shared, 1);
});
`;

export interface TeamOptions {
  /** Default one per available core. */
  readonly threads?: number;
}

/** A team whose threads are started with its first job, and end with the process or when it is closed. */
export interface ThreadTeam extends Team {
  close(): Promise<void>;
}

/** Throws {@link UserError} `kernels.threads` for a number of threads that no machine has. */
export function threadTeam({ threads = availableParallelism() }: TeamOptions = {}): ThreadTeam {
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) throw badThreads(threads, MOST_THREADS);
  let workers: readonly Worker[] | undefined;
  let current: { readonly job: Job; readonly calls: Parameters<typeof doBlocks>[0] } | undefined;
  return {
    threads,
    run: (job, pairs) => {
      const others = workers ?? Array.from({ length: threads - 1 }, () => startWorker());
      workers = others;
      const shared = new Int32Array(job.memory.buffer, job.counter, 3).fill(0);
      const isNew = current?.job !== job;
      if (current === undefined || isNew) {
        const { kernel } = instantiate(job.module, job.memory);
        current = { job, calls: job.calls.map(({ name, from, to }) => ({ run: kernel(name), from, to })) };
      }
      const { module, ...rest } = job;
      others.forEach((worker, k) => {
        const begun = isNew ? { job: { ...rest, compiled: module.compiled }, thread: k + 1 } : {};
        worker.postMessage({ ...begun, pairs });
      });
      const share = { block: job.block, turn: job.turn, base: required(job.bases[0], 'arrays of a thread'), pairs };
      doBlocks(current.calls, share, () => Atomics.add(shared, 0, 1));
      for (let done = Atomics.load(shared, 1); done < others.length; done = Atomics.load(shared, 1)) {
        Atomics.wait(shared, 1, done);
      }
      if (Atomics.load(shared, 2) !== 0) throw broken('kernels', 'a thread could not run its share');
    },
    close: async () => {
      const ending = workers ?? [];
      workers = undefined;
      current = undefined;
      await Promise.all(ending.map((worker) => worker.terminate()));
    },
  };
}

function startWorker(): Worker {
  const worker = new Worker(PROGRAM, { eval: true });
  worker.unref();
  return worker;
}
