/** Networks that PyTorch trains by a written recipe have our losses. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { recipeOf, trainingStep } from '../../../src/training/index.ts';
import { nexort } from '../../cli/nexort.ts';
import { initialState } from '../../optimizers/support.ts';
import { expectClose } from '../../program/support.ts';
import { BATCH, commandOf, INPUT, net, RECIPES, STEPS, type Told, toldOf, WIDTH } from './recipes.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../bench/peers/recipe_torch.py');
/** Losses that the script printed for the files of `commandOf`; torch 2.15, python3 bench/peers/recipe_torch.py FILES. */
const RECORDED = JSON.parse(readFileSync(new URL('torchLosses.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly number[]>
>; // written by the script

/** Twenty steps in f64 of both; what training magnifies of rounding stays far below what is asked for, 1e-5. */
const TOLERANCE = 1e-9;

const waves = (count: number, phase: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(1.7 * phase + 2.3 * k + 0.4));

/** Our losses, in the form that the parametrization is written in, from the same weights. */
function ourLosses(told: Told): number[] {
  const { optimizer, settings, parametrization } = toldOf(told);
  const program = trainingStep(net, { parametrization, optimizer, settings });
  const { parameters } = recipeOf(net, { parametrization, optimizer, settings, sizes: { n: WIDTH, input: INPUT } });
  const weights = parameters.map(({ name, axes, shape, deviation }, k) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [
      name,
      tensor(
        axes,
        shape,
        waves(count, k + 1).map((x) => deviation * x),
      ),
    ] as const;
  });
  const data = {
    x: tensor(['batch', 'input'], [BATCH, INPUT], waves(BATCH * INPUT, 10)),
    target: tensor(['batch'], [BATCH], waves(BATCH, 20)),
  };
  const sizes = { n: WIDTH, input: INPUT, batch: BATCH };
  let state: Record<string, Tensor<Float64Array>> = initialState(program, Object.fromEntries(weights), sizes);
  return Array.from({ length: STEPS }, () => {
    const { f: _, loss, ...next } = interpret(program, { ...state, ...data }, sizes);
    state = next;
    return loss?.data[0] ?? Number.NaN;
  });
}

const python = spawnSync('python3', ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;

describe('by a recipe for PyTorch', () => {
  test('every recipe has recorded losses', () => expect(Object.keys(RECORDED)).toEqual(Object.keys(RECIPES)));

  test.each(Object.entries(RECIPES))('%s trains as here', (name, told) => {
    const expected = RECORDED[name] ?? [];
    expect(expected).toHaveLength(STEPS);
    expectClose(ourLosses(told), expected, TOLERANCE, name);
  });

  test.skipIf(!python)(
    'files that the command writes have these losses (skipped without python3 and torch)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'nexort-recipe-'));
      try {
        const files: string[] = [];
        for (const [name, told] of Object.entries(RECIPES)) {
          const file = join(folder, `${name}.py`);
          expect(await nexort(...commandOf(told), '--out', file)).toMatchObject({ code: 0, stdout: '' });
          files.push(file);
        }
        const { stdout, stderr } = spawnSync('python3', [SCRIPT, ...files], { encoding: 'utf8' });
        expect(stderr).toBe('');
        const found = JSON.parse(stdout) as typeof RECORDED; // by the script
        for (const [name, losses] of Object.entries(RECORDED)) expectClose(found[name] ?? [], losses, TOLERANCE, name);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
