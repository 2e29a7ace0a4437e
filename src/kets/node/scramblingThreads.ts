/** Threads that compute scramblings of an estimate, several at once. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { required } from '../../errors/index.ts';
import { computeScrambling, type Scrambling, type ScramblingTask, type ScramblingTeam } from '../index.ts';
import { type Answer, errorOf } from './jobs.ts';

/** A team whose threads start when they are first needed, and end when it is closed or with the process. */
export interface ScramblingThreads extends ScramblingTeam {
  close(): Promise<void>;
}

/**
 * A team of `threads` (default: one per available core) for `estimateLimit`. One thread is the caller's own, and so is all
 * work where the library runs from its TypeScript sources, which no thread can load.
 */
export function scramblingThreads(threads = availableParallelism()): ScramblingThreads {
  const program = new URL('./scramblingThread.js', import.meta.url);
  if (threads < 2 || !existsSync(program)) return { threads: 1, compute: computeScrambling, close: async () => {} };
  const idle: Helper[] = [];
  const all: Helper[] = [];
  return {
    threads,
    compute: async (task, onProgress) => {
      const helper = idle.pop() ?? started(all, program);
      try {
        return await helper.compute(task, onProgress);
      } finally {
        idle.push(helper);
      }
    },
    close: async () => {
      await Promise.all(all.map((helper) => helper.end()));
    },
  };
}

function started(all: Helper[], program: URL): Helper {
  const helper = new Helper(new Worker(program));
  all.push(helper);
  return helper;
}

/** One thread, and the scrambling that it computes. */
class Helper {
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  #lost: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#hear(answer));
    worker.on('error', (error) => this.#lose(error));
    worker.on('exit', () => this.#lose(new Error('A thread that computes scramblings has ended.')));
  }

  async compute(task: ScramblingTask, onProgress: (share: number) => void): Promise<Scrambling> {
    if (this.#lost !== undefined) throw this.#lost;
    // Only a thread at work keeps the process.
    this.#worker.ref();
    try {
      return await new Promise<Scrambling>((resolve, reject) => {
        this.#waiting = { resolve, reject, onProgress };
        this.#worker.postMessage(task);
      });
    } finally {
      this.#waiting = undefined;
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(answer: Answer): void {
    const { resolve, reject, onProgress } = required(this.#waiting, 'scrambling that is waited for');
    if ('share' in answer) onProgress(answer.share);
    else if ('failure' in answer) reject(errorOf(answer.failure));
    else resolve(answer.scrambling);
  }

  #lose(error: Error): void {
    this.#lost ??= error;
    this.#waiting?.reject(this.#lost);
  }
}

interface Waiting {
  readonly resolve: (scrambling: Scrambling) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (share: number) => void;
}
