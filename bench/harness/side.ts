/** A side's process as the benchmark sees it. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Runner } from './rounds.ts';
import type { Ask, Description, Replies, Timing } from './serve.ts';

/** End of a failed side's stderr that its error shows. */
const SHOWN_STDERR = 2000;

/** Variables that change allocators and the threads of numerical libraries. */
const TUNING = /^(MALLOC|OMP|GOMP|KMP|MKL|OPENBLAS|XLA|JAX)_|^(GLIBC_TUNABLES|LD_PRELOAD)$/;

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Default: that of this process. */
  readonly cwd?: string;
  /** Variables beside those of this process, of which a side inherits none that tunes allocators or threads. */
  readonly env?: Readonly<Record<string, string>>;
  /** Makes what is started, before each start. */
  readonly build?: () => void;
}

/** What a side says about itself, and what it took. */
export interface SideResult extends Description {
  readonly runs: readonly Timing[];
  readonly peakBytes: number;
}

export class Side implements Runner {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<never>;
  readonly #command: string;
  #stderr = '';

  constructor({ file, args, cwd, env = {}, build }: Command) {
    build?.();
    this.#command = [file, ...args].join(' ');
    this.#child = spawn(file, args, { cwd, env: { ...untuned(process.env), ...env } });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    // Requests to a process that is gone fail by its end, not by the closed pipe.
    this.#child.stdin.on('error', () => {});
    this.#ended = new Promise((_, fail) => {
      this.#child.on('error', (error) => fail(this.#failure(error.message)));
      this.#child.on('close', (code, signal) => fail(this.#failure(`ended with ${signal ?? `code ${code}`}`)));
    });
    this.#ended.catch(() => {});
  }

  /** Sends one request and gives its reply; fails with the end of the process's stderr when it ends instead. */
  async ask<A extends Ask>(ask: A): Promise<Replies[A]> {
    this.#child.stdin.write(`${JSON.stringify({ ask })}\n`);
    const line = await Promise.race([this.#lines.next(), this.#ended]);
    if (line.done === true) return this.#ended;
    return JSON.parse(line.value) as Replies[A]; // serve.ts and the scripts in peers/ keep to it
  }

  async prepare(): Promise<void> {
    await this.ask('prepare');
  }

  run(): Promise<Timing> {
    return this.ask('run');
  }

  /** The result of these runs, the peak being that of all so far. */
  async result(runs: readonly Timing[]): Promise<SideResult> {
    return { ...(await this.ask('describe')), runs, peakBytes: (await this.ask('peak')).bytes };
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended.catch(() => {});
  }

  #failure(what: string): Error {
    return new Error(`${this.#command} ${what}\n${this.#stderr.slice(-SHOWN_STDERR)}`);
  }
}

function untuned(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !TUNING.test(name)));
}
