/**
 * Checks in a process of their own: steps of a limit take seconds, during which Ctrl-C and progress must come through.
 * (A thread would do but for the native engine, which aborts when its thread is ended at work.)
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckOptions, CheckResult } from '../experiments/index.ts';
import type { Program } from '../program/index.ts';
import * as errors from './errors.ts';
import { PACKAGE_ROOT } from './packageRoot.ts';
import { type Told, ToldError } from './toldError.ts';

/** The argument with which the command line finds that it is such a process (main.ts). */
export const CHECK_PROCESS = '--check-process';

/** What the process is sent. */
export interface CheckOrder {
  readonly program: Program;
  readonly options: Omit<CheckOptions, 'run' | 'onProgress'>;
}

/** What it sends. */
export type CheckNews =
  | { readonly about: 'share'; readonly share: number }
  | { readonly about: 'result'; readonly result: CheckResult }
  | { readonly about: 'error'; readonly error: Told }
  | { readonly about: 'bug'; readonly message: string; readonly stack: string | undefined };

const COMMAND = fileURLToPath(new URL('bin/nexort.js', PACKAGE_ROOT));

/** Checks a program; what `check` throws is thrown here. The process ends with this one. */
export function checkApart(order: CheckOrder, onProgress: (share: number) => void): Promise<CheckResult> {
  return new Promise((done, fail) => {
    const child = fork(COMMAND, [CHECK_PROCESS], { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] });
    process.once('exit', () => child.kill('SIGKILL'));
    child.on('message', (message) => {
      const news = message as CheckNews; // of our own process
      switch (news.about) {
        case 'share':
          return onProgress(news.share);
        case 'result':
          return done(news.result);
        case 'error':
          return fail(new ToldError(news.error));
        case 'bug':
          return fail(Object.assign(new Error(news.message), { stack: news.stack }));
      }
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      // A terminal interrupts both; this process has the words for it.
      if (signal === 'SIGINT') process.kill(process.pid, signal);
      // After a result or an error this changes nothing.
      else fail(errors.checkProcessEnded(signal ?? `code ${code}`));
    });
    child.send(order, (error) => {
      if (error !== null) fail(error);
    });
  });
}
