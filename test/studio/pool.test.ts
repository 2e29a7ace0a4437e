/** Workers that die, jobs that are given up, files that are too large. */

import { describe, expect, it } from 'vitest';
import { RunsSession } from '../../studio/src/runs/session.ts';
import type { Answer, Question } from '../../studio/src/work/channel.ts';
import { DIED, GIVEN_UP, Pool, type WorkerLike } from '../../studio/src/work/pool.ts';

type Doubling = { readonly double: { readonly given: number; readonly part: number; readonly gives: number } };

type Told = (event: { readonly data: unknown }) => void;
type Died = (event: { readonly message?: string }) => void;

/** Answers at once, with one part; dies of 13, and never answers 0. */
class Worker implements WorkerLike {
  static started = 0;
  isTerminated = false;
  #answer: Told = () => {};
  #die: Died = () => {};

  constructor() {
    Worker.started++;
  }

  addEventListener(type: 'message' | 'error', listener: (event: never) => void): void {
    if (type === 'message')
      this.#answer = listener as Told; // of its type
    else this.#die = listener as Died;
  }

  postMessage(message: unknown): void {
    const { id, given } = message as Question & { given: number };
    queueMicrotask(() => {
      if (given === 13) this.#die({ message: 'out of memory' });
      if (given === 13 || given === 0) return;
      const answers: Answer[] = [
        { id, kind: 'part', value: given },
        { id, kind: 'done', value: 2 * given },
      ];
      for (const data of answers) this.#answer({ data });
    });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

describe('a pool of workers', () => {
  it('does jobs, tells their parts, and uses its workers again', async () => {
    const before = Worker.started;
    const pool = new Pool<Doubling>(() => new Worker(), 1);
    const parts: number[] = [];
    expect(await pool.run('double', 2, (part) => parts.push(part)).result).toBe(4);
    expect(await pool.run('double', 3).result).toBe(6);
    expect(parts).toEqual([2]);
    expect(Worker.started - before).toBe(1);
  });

  it('tells that a worker has died, and goes on with another', async () => {
    const pool = new Pool<Doubling>(() => new Worker(), 1);
    const [dying, next] = [pool.run('double', 13), pool.run('double', 4)];
    await expect(dying.result).rejects.toMatchObject({
      code: DIED,
      message: 'A worker of this page ended: out of memory.',
    });
    expect(await next.result).toBe(8);
  });

  it('gives jobs up, those at work and those that wait', async () => {
    const workers: Worker[] = [];
    const pool = new Pool<Doubling>(() => {
      const worker = new Worker();
      workers.push(worker);
      return worker;
    }, 1);
    const [stuck, waiting, last] = [pool.run('double', 0), pool.run('double', 5), pool.run('double', 6)];
    waiting.giveUp();
    stuck.giveUp();
    await expect(stuck.result).rejects.toMatchObject({ code: GIVEN_UP });
    await expect(waiting.result).rejects.toMatchObject({ code: GIVEN_UP });
    expect(await last.result).toBe(12);
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  });

  it('starts nothing while it is paused', async () => {
    const before = Worker.started;
    const pool = new Pool<Doubling>(() => new Worker(), 1);
    pool.paused = true;
    const { result } = pool.run('double', 7);
    await Promise.resolve();
    expect(Worker.started).toBe(before);
    pool.paused = false;
    expect(await result).toBe(14);
  });

  it('tells where workers cannot start', async () => {
    const pool = new Pool<Doubling>(() => {
      throw new Error('workers are blocked here');
    }, 1);
    await expect(pool.run('double', 1).result).rejects.toMatchObject({
      code: DIED,
      message: 'workers are blocked here',
    });
  });
});

it('a file of 200 MB is refused before it is read', async () => {
  const session = new RunsSession();
  const file = { name: 'run.json', size: 200 * 2 ** 20, text: () => expect.fail('it was read') } as unknown as File;
  await session.open([file]);
  expect(session.problems.value).toEqual([
    'run.json: It has 200 MB; a page reads up to 128. The run’s report.html shows it.',
  ]);
});
