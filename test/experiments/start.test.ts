/** Seeds of experiments, each of which gives every width a seed of its own. */

import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors/index.ts';
import { checkSeeds, MOST_SEED, seedAt } from '../../src/experiments/start.ts';

describe('seeds of experiments', () => {
  it('are numbers of their own for all widths, the largest ones too', () => {
    expect(MOST_SEED).toBe(536870911);
    const all = [0, 1, MOST_SEED - 1, MOST_SEED].flatMap((seed) => [1, 64, 2 ** 24 - 1].map((n) => seedAt(seed, n)));
    expect(new Set(all).size).toBe(all.length);
    expect(all.every(Number.isSafeInteger)).toBe(true);
  });

  it('are refused by their own limit, the last of several too', () => {
    const words =
      /^the seeds of an experiment are whole numbers from 0 to 536870911, but 1000000000 would be one of them/;
    expect(() => seedAt(1e9, 64)).toThrow(words);
    expect(() => checkSeeds(1e9 - 7, 8)).toThrow(UserError);
    expect(() => checkSeeds(MOST_SEED, 2)).toThrow('but 536870912 would be');
    expect(() => checkSeeds(MOST_SEED - 1, 2)).not.toThrow();
    expect(() => checkSeeds(-1, 1)).toThrow('but -1 would be');
    expect(() => checkSeeds(0.5, 1)).toThrow('but 0.5 would be');
  });
});
