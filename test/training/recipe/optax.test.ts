/** Networks that optax trains by a written recipe have the losses that PyTorch and we have. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../program/support.ts';
import { RECIPES, STEPS } from './recipes.ts';

const recorded = (name: string) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Readonly<Record<string, readonly number[]>>; // written by scripts

/**
 * Losses that bench/peers/recipe_optax.py printed for the files of `commandOf`, with `--to optax`; jax 0.4.25, optax 0.2.2.
 * What torch.test.ts compares with ours is what they are compared with.
 */
const [OPTAX, TORCH] = [recorded('optaxLosses.json'), recorded('torchLosses.json')];

/** Twenty steps in f64 of both. */
const TOLERANCE = 1e-9;

describe('by a recipe for optax', () => {
  it('every recipe has recorded losses', () => expect(Object.keys(OPTAX).sort()).toEqual(Object.keys(RECIPES).sort()));

  it.each(Object.keys(RECIPES))('%s trains as by that for PyTorch', (name) => {
    const [found, expected] = [OPTAX[name] ?? [], TORCH[name] ?? []];
    expect(found).toHaveLength(STEPS);
    expectClose(found, expected, TOLERANCE, name);
  });
});
