import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { bundle, commandEntries } from '../../bin/compiled.js';
import { type Ended, withoutProgress } from './nexort.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** `nexort` as the package brings it, compiled: it starts in a fraction of the time that its source takes. */
export class BuiltNexort {
  /** With `bin` and `dist` as in the package. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** The one of this run of the tests, which is compiled where it is not there yet. */
  static async build(): Promise<BuiltNexort> {
    const shared = inject('builtFolder');
    const [folder, mark] = [join(shared, 'nexort'), join(shared, 'begun')];
    while (!existsSync(folder)) {
      if (await begins(mark)) await compile(join(shared, 'unfinished'), folder, mark);
      else await sleep(20);
    }
    return new BuiltNexort(folder);
  }

  /** Starts it with these arguments. */
  start(...args: readonly string[]): Running {
    return new Running(process.execPath, [this.#bin, ...args]);
  }

  /** Runs it to its end. */
  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).ended;
  }

  /** Runs it in a shell where no file may grow beyond so many KiB. */
  runWithFileLimit(kibibytes: number, ...args: readonly string[]): Promise<Finished> {
    const script = `ulimit -f ${kibibytes}; exec "$@"`;
    return new Running('bash', ['-c', script, 'bash', process.execPath, this.#bin, ...args]).ended;
  }

  /** Runs it with its standard output, and its messages too, on a device. */
  runInto(device: string, messages: 'shown' | 'there', ...args: readonly string[]): Promise<Finished> {
    const script = `exec "$@" > ${device}${messages === 'there' ? ` 2> ${device}` : ''}`;
    return new Running('bash', ['-c', script, 'bash', process.execPath, this.#bin, ...args]).ended;
  }

  /**
   * Runs it where a folder, with what is in it, is on a file system that is read-only, in a name space of its own; see
   * {@link canMountReadOnly}.
   */
  runWhereReadOnly(folder: string, ...args: readonly string[]): Promise<Finished> {
    return new Running('unshare', [...unshared(folder), process.execPath, this.#bin, ...args]).ended;
  }

  /** The address of a room of the library, compiled for processes of one's own. */
  async room(room: string): Promise<URL> {
    const folder = join(this.folder, 'rooms', randomUUID());
    await bundle([join(ROOT, 'src', room, 'index.ts')], folder, false);
    return pathToFileURL(join(folder, 'index.js'));
  }

  get #bin(): string {
    return join(this.folder, 'bin/nexort.js');
  }
}

/** Whether folders can be mounted read-only here: on Linux, by root or where users have name spaces. */
export function canMountReadOnly(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-read-only-'));
  try {
    const { status } = spawnSync('unshare', [...unshared(folder), 'touch', join(folder, 'file')], { stdio: 'ignore' });
    return status === 1 && spawnSync('unshare', [...unshared(folder), 'true'], { stdio: 'ignore' }).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Arguments of `unshare` before those of a command that finds the folder read-only. */
function unshared(folder: string): string[] {
  const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  return ['--map-root-user', '--mount', 'sh', '-c', script, folder];
}

/** Whether this test is the one that compiles. */
async function begins(mark: string): Promise<boolean> {
  try {
    await mkdir(mark);
    return true;
  } catch {
    return false;
  }
}

/** Compiles into a folder that is there only when it is complete. */
async function compile(unfinished: string, folder: string, mark: string): Promise<void> {
  try {
    await compileInto(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    // Those who wait then try themselves, and say what is wrong.
    for (const path of [unfinished, mark]) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

async function compileInto(unfinished: string): Promise<void> {
  await mkdir(join(unfinished, 'bin'), { recursive: true });
  for (const file of ['bin/nexort.js', 'package.json']) await copyFile(join(ROOT, file), join(unfinished, file));
  for (const name of ['models', 'node_modules']) await symlink(join(ROOT, name), join(unfinished, name));
  await bundle(commandEntries(pathToFileURL(`${ROOT}/`)), join(unfinished, 'dist/nexort'), false);
}

/** How a process ended; by a signal, it has no exit code. */
export interface Finished extends Ended {
  readonly signal: NodeJS.Signals | null;
}

/** A process at work. */
export class Running {
  readonly #process: ChildProcess;
  readonly ended: Promise<Finished>;

  /** Starts in an empty folder, which goes with it. */
  constructor(command: string, args: readonly string[]) {
    const { NEXORT_DEBUG: _, ...env } = process.env;
    const cwd = mkdtempSync(join(tmpdir(), 'nexort-cli-'));
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
      this.#process.on('close', (code, signal) => {
        rmSync(cwd, { recursive: true, force: true });
        done({ code, signal, stdout, stderr: withoutProgress(stderr) });
      });
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
