/** Runs of a command that are interrupted and started again, until the end. */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BuiltNexort, type Finished } from './builtNexort.ts';
import { blocksOf, manifestOf, outcome as outcomeOfKernel } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

/** What is interrupted. */
export interface InterruptedJob {
  /** Of the tiny model. */
  readonly layers: number;
  /** The command line with that model and an output folder. */
  readonly args: (model: string, out: string) => readonly string[];
  /** Exit codes of a run that is done: 1 too where it gives a verdict. */
  readonly done: readonly number[];
  /** What a finished run has in common with every other of the same. */
  readonly outcome: (folder: string) => Promise<unknown>;
}

/** How large a run of a kernel is; its examples are evaluated with so many shots a class. */
export interface KernelSize {
  readonly layers: number;
  readonly shots: number;
  readonly evaluated: number;
}

/** `nexort kernel` on one draw. */
export function kernelJob({ layers, shots, evaluated }: KernelSize): InterruptedJob {
  const args = (model: string, out: string): readonly string[] => [
    ...['kernel', '--model', model, '--k', `${shots}`, '--seeds', '13', '--limit', `${evaluated}`],
    ...['--memory', '2GB', '--out', out],
  ];
  return { layers, args, done: [0], outcome: outcomeOfKernel };
}

const MESSAGE = 'Interrupted. Everything computed so far is kept: start the same command again to go on.';
export type Interruption = 'SIGINT' | 'SIGKILL';

/** When and how often runs are interrupted. */
export interface Plan {
  readonly signal: Interruption;
  readonly interruptions: number;
  /** Of one run in a row, by turns. */
  readonly inARow: readonly number[];
  /**
   * Ends at the moment of an interruption, or when the run is over; `before` are the blocks that were there when it was
   * started.
   */
  moment(folder: string, before: readonly string[], isOver: () => boolean): Promise<void>;
}

/** A run that nothing disturbed, beside which others are interrupted. */
export class InterruptedRuns {
  readonly #built: BuiltNexort;
  readonly #root: string;
  readonly #args: (out: string) => readonly string[];
  readonly #done: InterruptedJob['done'];
  readonly #outcome: InterruptedJob['outcome'];
  readonly #undisturbed: unknown;
  /** Every block of a run. */
  readonly allBlocks: readonly string[];
  /** How long a run takes, in milliseconds: moments are drawn from it, nothing is asserted of it. */
  readonly life: number;

  private constructor(
    built: BuiltNexort,
    root: string,
    {
      args,
      done,
      outcome,
    }: Pick<InterruptedJob, 'done' | 'outcome'> & {
      readonly args: (out: string) => readonly string[];
    },
    undisturbed: unknown,
    allBlocks: readonly string[],
    life: number,
  ) {
    this.#built = built;
    this.#root = root;
    this.#args = args;
    this.#done = done;
    this.#outcome = outcome;
    this.#undisturbed = undisturbed;
    this.allBlocks = allBlocks;
    this.life = life;
  }

  /** Makes the undisturbed one; `remove` all of them afterwards. */
  static async begin(job: InterruptedJob): Promise<InterruptedRuns> {
    const root = await mkdtemp(join(tmpdir(), 'nexort-interrupts-'));
    const built = await BuiltNexort.build();
    const model = join(root, 'model');
    await writeTinyModel(model, 1, job.layers);
    const args = (out: string): readonly string[] => job.args(model, join(root, out));
    const started = performance.now();
    expect(job.done).toContain((await built.run(...args('undisturbed'))).code);
    const life = performance.now() - started;
    const folder = join(root, 'undisturbed');
    const { done, outcome } = job;
    return new InterruptedRuns(
      built,
      root,
      { args, done, outcome },
      await outcome(folder),
      await blocksOf(folder),
      life,
    );
  }

  remove(): Promise<void> {
    return rm(this.#root, { recursive: true });
  }

  /**
   * Interrupts runs until enough of them were, each of which is held to how it must end and what it must leave; gives
   * how many interruptions fell into the computation.
   */
  async interrupt({ signal, interruptions, inARow, moment }: Plan): Promise<number> {
    let [count, halfway] = [0, 0];
    /** Interrupts a run once; false where it ended before. */
    const once = async (folder: string, args: readonly string[]): Promise<boolean> => {
      const before = await blocksOf(folder);
      const run = this.#built.start(...args);
      let over = false;
      const end = run.ended.then(() => {
        over = true;
      });
      await Promise.race([moment(folder, before, () => over), end]);
      run.kill(signal);
      const ended = await run.ended;
      if (ended.code !== null && this.#done.includes(ended.code)) return false;
      if (signal === 'SIGKILL') expect(ended.signal).toBe('SIGKILL');
      else await expectTold(ended, folder);
      count++;
      if (await this.#isHalfway(folder, before)) halfway++;
      return true;
    };
    for (let turn = 0; count < interruptions; turn++) {
      const args = this.#args(`${signal}-${turn}`);
      const folder = join(this.#root, `${signal}-${turn}`);
      let left = Math.min(inARow[turn % inARow.length] ?? 1, interruptions - count);
      while (left > 0 && (await once(folder, args))) left--;
      // With some left, the run has ended before it could be interrupted again.
      if (left === 0) {
        const held = existsSync(join(folder, 'lock'));
        const { code, stderr } = await this.#built.run(...args);
        expect(this.#done).toContain(code);
        expect(stderr).not.toMatch(/damaged|error/);
        expect(/Took over the lock of process \d+, which is gone/.test(stderr)).toBe(held);
      }
      expect(await this.#outcome(folder)).toEqual(this.#undisturbed);
      await rm(folder, { recursive: true });
    }
    return halfway;
  }

  /** Whether an interruption fell into the computation: it has new blocks, and not yet all. */
  async #isHalfway(folder: string, before: readonly string[]): Promise<boolean> {
    if (!existsSync(join(folder, 'run.json'))) return false;
    const blocks = await blocksOf(folder);
    const isNew = blocks.some((block) => !before.includes(block));
    const { status } = await manifestOf(folder);
    return status === 'started' && isNew && !this.allBlocks.every((block) => blocks.includes(block));
  }
}

/** That Ctrl-C ends a run with a message that says how to go on, and without a lock. */
async function expectTold({ code, signal, stdout, stderr }: Finished, folder: string): Promise<void> {
  if (signal === null) {
    expect(code).toBe(130);
    expect(stderr.split(MESSAGE)).toHaveLength(2);
  } else {
    // Before the command has begun and when it is over, the signal ends the process as it ends any other.
    expect(signal).toBe('SIGINT');
    expect(stderr).not.toContain(MESSAGE);
    if (stdout !== '' || stderr !== '') expect((await manifestOf(folder)).status).toBe('complete');
  }
  expect(existsSync(join(folder, 'lock'))).toBe(false);
}
