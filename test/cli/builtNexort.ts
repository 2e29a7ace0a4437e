import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Ended } from './nexort.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** `nexort` as the package brings it, compiled: it starts in a fraction of the time that its source takes. */
export class BuiltNexort {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compiles it into a folder of its own; `remove` it afterwards. */
  static async build(): Promise<BuiltNexort> {
    const folder = await mkdtemp(join(tmpdir(), 'nexort-built-'));
    await mkdir(join(folder, 'bin'));
    for (const file of ['bin/nexort.js', 'package.json']) await copyFile(join(ROOT, file), join(folder, file));
    for (const name of ['models', 'node_modules']) await symlink(join(ROOT, name), join(folder, name));
    // Types are checked elsewhere.
    const options = ['--outDir', join(folder, 'dist'), '--declaration', 'false', '--noCheck'];
    await promisify(execFile)(process.execPath, [TSC, '-p', join(ROOT, 'tsconfig.build.json'), ...options]);
    return new BuiltNexort(folder);
  }

  /** Starts it with these arguments. */
  start(...args: readonly string[]): Running {
    return new Running(process.execPath, [this.#bin, ...args], this.#folder);
  }

  /** Runs it to its end. */
  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).ended;
  }

  /** Runs it in a shell where no file may grow beyond so many KiB. */
  runWithFileLimit(kibibytes: number, ...args: readonly string[]): Promise<Finished> {
    const script = `ulimit -f ${kibibytes}; exec "$@"`;
    return new Running('bash', ['-c', script, 'bash', process.execPath, this.#bin, ...args], this.#folder).ended;
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true });
  }

  get #bin(): string {
    return join(this.#folder, 'bin/nexort.js');
  }
}

/** How a process ended; by a signal, it has no exit code. */
export interface Finished extends Ended {
  readonly signal: NodeJS.Signals | null;
}

/** A process at work. */
export class Running {
  readonly #process: ChildProcess;
  readonly ended: Promise<Finished>;

  constructor(command: string, args: readonly string[], cwd: string) {
    const { NEXORT_DEBUG: _, ...env } = process.env;
    this.#process = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((done, fail) => {
      let [stdout, stderr] = ['', ''];
      this.#process.stdout?.on('data', (text) => {
        stdout += text;
      });
      this.#process.stderr?.on('data', (text) => {
        stderr += text;
      });
      this.#process.on('error', fail);
      this.#process.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Sends a signal; one that has ended does not mind. */
  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}
