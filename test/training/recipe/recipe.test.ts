/** Tables of recipes: their forms are one training, mup's table is one of them, and what no library has is refused. */

import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed, type Settings, schedule } from '../../../src/optimizers/index.ts';
import { forRule, MUP, NTP, type Parametrization, ruleOf, SP } from '../../../src/parametrizations/index.ts';
import { mul } from '../../../src/program/index.ts';
import { RECIPE_FORMS, type Recipe, type RecipeForm, recipeOf } from '../../../src/training/index.ts';
import { nexort } from '../../cli/nexort.ts';
import { describeWithShared } from '../../support/shared.ts';

const net = mlp({ depth: 2, biases: true });

function recipe(
  name: string,
  parametrization: Parametrization,
  {
    width,
    base = 16,
    form = 'as-written',
    settings = {},
  }: { width: number; base?: number; form?: RecipeForm; settings?: Settings },
): Recipe {
  const optimizer = optimizerNamed(name);
  return recipeOf(net, {
    parametrization: { ...forRule(parametrization, ruleOf(optimizer, { settings })), baseWidth: base },
    optimizer,
    settings: { learningRate: 0.01, ...settings },
    form,
    sizes: { n: width, input: 4 },
  });
}

/** What decides the training of each weight W = multiplier · w: how W starts, moves and decays, and ε beside its gradient. */
function deciding({ parameters, outputMultiplier }: Recipe, linear: boolean): readonly object[] {
  return parameters.map(({ name, kind, multiplier, deviation, rate, epsilon = 0, decoupledDecay, coupledDecay }) => {
    const whole = kind === 'readout' ? multiplier * outputMultiplier : multiplier;
    return {
      name,
      start: whole * deviation,
      moves: rate * whole * (linear ? whole : 1),
      // The gradient by w is the multiplier times that by W.
      epsilon: linear ? 0 : epsilon / whole,
      decay: rate * decoupledDecay,
      // λw beside whole · g: of W it is λ/whole².
      ridge: coupledDecay / whole ** 2,
    };
  });
}

const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, x: unknown) => (typeof x === 'number' ? Number(x.toPrecision(12)) : x)));

describe('all forms are one training', () => {
  it.each([
    ['adam', MUP, { coupledDecay: 0.1 }],
    ['adamw', MUP, {}],
    ['adamw', NTP, { independentDecay: 0.01 }],
    ['muon', MUP, { decoupledDecay: 0.1 }],
    ['muon', MUP, { matchRms: true }],
    ['momentum', MUP, { coupledDecay: 0.1 }],
    ['sgd', NTP, { decoupledDecay: 0.1 }],
    ['signsgd', SP, {}],
  ] as const)('%s', (name, parametrization, settings) => {
    const { linear } = ruleOf(optimizerNamed(name), { settings });
    const [first, ...others] = RECIPE_FORMS.map((form) =>
      rounded(deciding(recipe(name, parametrization, { width: 64, form, settings }), linear)),
    );
    for (const other of others) expect(other).toEqual(first);
  });

  it('each is what it is called', () => {
    const of = (form: RecipeForm) => recipe('adam', MUP, { width: 64, form }).parameters;
    expect(new Set(of('no-multipliers').map(({ multiplier }) => multiplier))).toEqual(new Set([1]));
    expect(recipe('adam', MUP, { width: 64, form: 'no-multipliers' }).outputMultiplier).toBe(1);
    expect(new Set(of('one-rate').map(({ rate }) => rate))).toEqual(new Set([0.01]));
    expect(new Set(of('plain-gradients').map(({ epsilon }) => epsilon))).toEqual(new Set([1e-8]));
    const base = recipe('adam', MUP, { width: 16 }).parameters;
    expect(of('unit-deviation').map(({ deviation }) => deviation)).toEqual(base.map(({ deviation }) => deviation));
  });
});

interface Row {
  readonly width: number;
  readonly base_width: number;
  readonly param: string;
  readonly ninf: 0 | 1 | 2;
  readonly adam: { readonly lr_factor: number };
  readonly sgd: { readonly lr_factor: number };
  readonly forward_output_multiplier: number;
}

describeWithShared("mup's table is a form of µP", 'reference/mup/mlp_multipliers.json', (path) => {
  const { rows } = JSON.parse(readFileSync(path, 'utf8')) as { readonly rows: readonly Row[] }; // written by the reference
  const weights = rows.filter(({ param, ninf }) => param.endsWith('weight') && ninf > 0);

  test.each(['adam', 'sgd'] as const)('%s', (name) => {
    expect(weights.length).toBeGreaterThan(5);
    for (const row of weights) {
      const { width, base_width: base, param, ninf } = row;
      const readout = /^(fc_3|head)\.weight$/.test(param);
      const kind = readout ? 'readout' : ninf === 2 ? 'matrix' : 'vector';
      const moves = (at: number): number => {
        const found = recipe(name, MUP, { width: at, base, form: 'no-multipliers' });
        return found.parameters.find((one) => one.kind === kind)?.rate ?? Number.NaN;
      };
      const forward = readout ? row.forward_output_multiplier : 1;
      const theirs = name === 'adam' ? row.adam.lr_factor * forward : row.sgd.lr_factor * forward ** 2;
      expect(moves(width) / moves(base), `${param} at ${width} over ${base}`).toBeCloseTo(theirs, 10);
    }
  });
});

describe('nexort recipe', () => {
  const small = ['recipe', '--width', '64', '--base-width', '16'];

  it('prints a table', async () => {
    const { code, stdout } = await nexort(...small, '--form', 'no-multipliers', '--optimizer', 'muon:matchRms=true');
    expect(code).toBe(0);
    expect(stdout).toBe(`# MLP of 2 hidden layers, width 64

mup with muon, base width 16; no multipliers.
The output is used as it is.

| parameter | shape   | starts          | multiplier | optimizer | learning rate | times for its shape | ε      |
| --------- | ------- | --------------- | ---------- | --------- | ------------- | ------------------- | ------ |
| w1        | 64 × 8  | N(0, 0.353553²) | 1          | adam      | 0.02          | 1                   | 2.5e-9 |
| w2        | 64 × 64 | N(0, 0.125²)    | 1          | muon      | 0.01          | 1.6                 | 2.5e-8 |
| w3        | 64      | N(0, 0.0625²)   | 1          | adam      | 0.005         | 1                   | 1e-8   |
`);
  });

  it('prints JSON, and refuses what a library lacks and names that are none', async () => {
    const { stdout } = await nexort(...small, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ width: 64, baseWidth: 16, parameters: [{ name: 'w1' }, {}, {}] });
    expect(await nexort(...small, '--optimizer', 'lion', '--to', 'torch')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '"lion" is none of sgd, momentum, nesterov, adam, adamw, amsgrad, muon, polar, exact-polar',
      ),
    });
    expect(await nexort(...small, '--to', 'tourch')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "torch"?'),
    });
  });

  it('has no schedules', () => {
    const learningRate = mul(0.1, schedule('exponential', { gamma: 0.9 }));
    expect(() => recipe('adam', MUP, { width: 64, settings: { learningRate } })).toThrow(
      'a recipe is a table of numbers, but a setting of "w1" changes from step to step',
    );
  });
});
