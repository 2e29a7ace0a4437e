/** Scramblings that a team computes, several at once. */

import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors/index.ts';
import {
  computeScrambling,
  type EstimateOptions,
  estimateLimit,
  type ScramblingTask,
  type ScramblingTeam,
} from '../../src/kets/index.ts';
import { errorOf, failureOf } from '../../src/kets/node/jobs.ts';
import { example } from './programs.ts';

const program = example('sgd-two-hidden-layers.nex');
const OPTIONS: EstimateOptions = { width: 64, seeds: 5, steps: 2 };

/** A team that is given copies, as threads are, answers the later the earlier it was asked, and counts. */
class Team implements ScramblingTeam {
  readonly threads: number;
  readonly asked: number[] = [];
  most = 0;
  #now = 0;

  constructor(threads: number) {
    this.threads = threads;
  }

  async compute(task: ScramblingTask, onProgress: (share: number) => void): ReturnType<typeof computeScrambling> {
    const { seed } = task.options;
    this.asked.push(seed);
    this.#now++;
    this.most = Math.max(this.most, this.#now);
    const found = await computeScrambling(structuredClone(task), onProgress);
    await new Promise((resume) => setTimeout(resume, 10 - 2 * seed));
    this.#now--;
    return structuredClone(found);
  }
}

describe('estimateLimit with a team', () => {
  it('gives what it gives alone, whoever ends first', async () => {
    const alone = await estimateLimit(program, OPTIONS);
    const team = new Team(3);
    expect(await estimateLimit(program, { ...OPTIONS, team })).toEqual(alone);
    expect(team.asked).toEqual([0, 1, 2, 3, 4]);
    expect(team.most).toBe(3);
  });

  it('asks it for what is not kept, and keeps what it gives', async () => {
    const kept = new Map<string, unknown>();
    const keep = async <Kept>(name: string, compute: () => Promise<Kept>): Promise<Kept> => {
      if (!kept.has(name)) kept.set(name, await compute());
      return kept.get(name) as Kept; // kept under this name
    };
    const first = new Team(2);
    const found = await estimateLimit(program, { ...OPTIONS, team: first, keep });
    kept.delete('scramblings/3');
    const second = new Team(2);
    expect(await estimateLimit(program, { ...OPTIONS, team: second, keep })).toEqual(found);
    expect(second.asked).toEqual([3]);
  });

  it('reports the share that all have done, which grows to 1', async () => {
    const shares: number[] = [];
    await estimateLimit(program, { ...OPTIONS, team: new Team(3), onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it('has no more at once than memory holds', async () => {
    const team = new Team(8);
    // One run is forecast to take a few MB above what any process holds.
    await estimateLimit(program, { ...OPTIONS, team, memory: 260 * 2 ** 20 });
    expect(team.most).toBe(2);
  });

  it('begins none after one has failed, and says why', async () => {
    const team = new Team(2);
    const failing: ScramblingTeam = {
      threads: 2,
      compute: (task, tell) => (task.options.seed === 1 ? Promise.reject(new Error('lost')) : team.compute(task, tell)),
    };
    await expect(estimateLimit(program, { ...OPTIONS, team: failing })).rejects.toThrow('lost');
    await new Promise((resume) => setTimeout(resume, 50));
    expect(team.asked).toEqual([0]);
  });
});

describe('what a thread throws', () => {
  it('is a mistake of the user there as here, with its words and data', () => {
    const error = errorOf(failureOf(new UserError('kets.bad-width', 'a width of 3', { width: 3 })));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'kets.bad-width', message: 'a width of 3', data: { width: 3 } });
  });

  it('keeps the place where it happened, if it is ours', () => {
    expect(errorOf(failureOf(new RangeError('no such entry'))).message).toMatch(/RangeError: no such entry\n.*team/s);
  });
});
