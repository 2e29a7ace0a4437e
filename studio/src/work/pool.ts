/** A few workers that share what is to do. */

import type { Answer, Jobs, Question } from './channel.ts';

/** What of a `Worker` is used. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}

interface Job extends Question {
  readonly part: (value: unknown) => void;
  readonly done: (value: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** A job that failed in its worker, in the words of that error. */
export class WorkError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Of a job that was given up because another took its place. */
export const GIVEN_UP = 'studio.given-up';
/** Of a worker that could not start, or died. */
export const DIED = 'studio.worker-died';

/** A job that was asked for. */
export interface Running<Result> {
  readonly result: Promise<Result>;
  giveUp(): void;
}

export class Pool<J extends Jobs> {
  readonly #make: () => WorkerLike;
  readonly #size: number;
  readonly #idle: WorkerLike[] = [];
  readonly #busy = new Map<WorkerLike, Job>();
  #waiting: Job[] = [];
  #paused = false;
  #next = 0;

  constructor(make: () => WorkerLike, size: number) {
    this.#make = make;
    this.#size = size;
  }

  /** Does a job when a worker is free, in the order of the calls. */
  run<K extends keyof J & string>(
    name: K,
    given: J[K]['given'],
    part: (value: J[K]['part']) => void = () => {},
  ): Running<J[K]['gives']> {
    const id = this.#next++;
    const result = new Promise<J[K]['gives']>((done, failed) => {
      this.#waiting.push({ id, name, given, part, done, failed });
      this.#start();
    });
    return { result, giveUp: () => this.#giveUp(id) };
  }

  /** Whether new jobs wait; those at work end. */
  set paused(value: boolean) {
    this.#paused = value;
    this.#start();
  }

  /** Lets a job go; a worker that is at it ends, for nothing interrupts it. */
  #giveUp(id: number): void {
    const waiting = this.#waiting.find((job) => job.id === id);
    const [worker, busy] = [...this.#busy].find(([, job]) => job.id === id) ?? [];
    this.#waiting = this.#waiting.filter((job) => job !== waiting);
    if (worker !== undefined) {
      worker.terminate();
      this.#busy.delete(worker);
    }
    (waiting ?? busy)?.failed(new WorkError(GIVEN_UP, 'given up'));
    // Later: of several that are given up at once none begins in the place of another.
    queueMicrotask(() => this.#start());
  }

  #start(): void {
    while (!this.#paused && this.#waiting.length > 0) {
      if (this.#idle.length === 0 && this.#busy.size >= this.#size) return;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      try {
        const worker = this.#idle.pop() ?? this.#started();
        this.#busy.set(worker, job);
        worker.postMessage({ id: job.id, name: job.name, given: job.given });
      } catch (error) {
        job.failed(new WorkError(DIED, error instanceof Error ? error.message : String(error)));
      }
    }
  }

  #started(): WorkerLike {
    const worker = this.#make();
    worker.addEventListener('message', ({ data }) => this.#answered(worker, data as Answer)); // of our own workers
    worker.addEventListener('error', ({ message = 'it could not start' }) => this.#died(worker, message));
    return worker;
  }

  #answered(worker: WorkerLike, answer: Answer): void {
    const job = this.#busy.get(worker);
    if (job === undefined || job.id !== answer.id) return;
    if (answer.kind === 'part') {
      job.part(answer.value);
      return;
    }
    this.#busy.delete(worker);
    this.#idle.push(worker);
    if (answer.kind === 'done') job.done(answer.value);
    else job.failed(new WorkError(answer.code, answer.message));
    this.#start();
  }

  /** Another worker takes the jobs that wait; the one that it was at is told. */
  #died(worker: WorkerLike, message: string): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
    worker.terminate();
    job?.failed(new WorkError(DIED, `A worker of this page ended: ${message}.`));
    this.#start();
  }
}
