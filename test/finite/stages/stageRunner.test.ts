/** A chain streamed stage by stage against the composed program in the oracle. */

import { afterAll, describe, expect, test } from 'vitest';
import { type ChainPrograms, chainPrograms, type StageGradients, StageRunner } from '../../../src/finite/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import {
  chainParameters,
  compose,
  cotangentName,
  denseGradients,
  entries,
  feedsOf,
  globalName,
  gradientName,
  nodeOf,
  type Program,
  reorder,
  reverse,
  shapeOf,
  strides,
  type Tensor,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { randomFeeds } from '../../conformance/feeds.ts';
import { expectClose, read } from '../../program/support.ts';
import { SIZES, tree } from './chain.ts';

/** f32 beside f64: roundings of 6e-8 in sums of a hundred numbers of order 1. */
const TOLERANCE = 1e-5;
const RIDE = { axis: 'function', size: 3 };

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const chain = tree();
const whole = compose(chain);
const feeds: Tensors = randomFeeds(whole, SIZES, 7);
const seed = tensor(['hue', 'function'], [2, 3], [1, -0.5, 0.25, 0.75, 2, -1]);
const names = [...new Set(chainParameters(chain).map(({ name }) => name))];

const programsOf = (selected: (name: string) => boolean): ChainPrograms =>
  chainPrograms({ chain, keep: 'item', output: 'verdict', seed: seed.axes, ride: RIDE, selected });

/** What the whole program gives in f64: the output, and every selected parameter's gradient of each item and function. */
function expected(selected: (name: string) => boolean): Tensors {
  const spaces = [...whole.spaces, { name: RIDE.axis, kind: 'fixed', size: RIDE.size } as const];
  const options = { output: 'verdict', seed: seed.axes, keep: ['item'], parameters: selected };
  const backward = denseGradients(reverse({ ...whole, spaces }, options), ['item']);
  return interpret(backward, { ...feeds, [cotangentName('verdict')]: seed }, SIZES);
}

interface Streamed {
  readonly output: Tensor;
  readonly gradients: readonly StageGradients[];
  readonly loads: readonly (readonly string[])[];
}

/** Forward through all stages but the last, and back through all. */
async function stream(programs: ChainPrograms, keepActivations: boolean): Promise<Streamed> {
  const loads: (readonly string[])[] = [];
  const runner = new StageRunner<Tensors>({
    engine,
    programs,
    load: async (wanted) => {
      loads.push(wanted);
      return Object.fromEntries(wanted.map((name) => [name, read(feeds, name)]));
    },
    data: (batch) => batch,
    seed,
    keepActivations,
  });
  const entering: Tensors[] = [{}];
  const last = programs.stages.length - 1;
  for (let k = 0; k < last; k++) entering.push(await runner.forward(k, feeds, entering[k] ?? {}));
  const gradients: StageGradients[] = [];
  let above: Tensors = {};
  for (let k = last; k >= 0; k--) {
    const result = await runner.backward(k, feeds, entering[k] ?? {}, above);
    above = result.cotangents;
    gradients.unshift(result);
  }
  const output = gradients[last]?.output ?? expect.fail('no output');
  return { output, gradients, loads };
}

/** Dense gradients of one stage's parameters from what it handed out, [item, function, …axes] by net name. */
function denseOf(programs: ChainPrograms, k: number, gradients: StageGradients): Map<string, Tensor> {
  const { stage, matrices, dense, rows } = programs.stages[k] ?? expect.fail(`no stage ${k}`);
  const found = new Map<string, Tensor>();
  const put = (local: string, value: (at: Map<string, number>) => number): void => {
    const axes = ['item', RIDE.axis, ...nodeOf(stage.program, local).type.axes];
    const shape = shapeOf(axes, { ...SIZES, [RIDE.axis]: RIDE.size });
    const data = Float64Array.from({ length: entries(shape) }, (_, e) => value(coordinates(e, axes, shape)));
    const known = found.get(local)?.data;
    found.set(local, { axes, shape, data: data.map((one, e) => one + (known?.[e] ?? 0)) });
  };
  matrices.forEach(({ local, places }, m) => {
    const { input, cotangent } = gradients.matrices[m] ?? expect.fail('no factors');
    const sizes = shapeOf(places, SIZES);
    put(local, (at) => {
      let sum = 0;
      for (let p = 0; p < entries(sizes); p++) {
        const here = new Map(at);
        for (const [axis, value] of coordinates(p, places, sizes)) here.set(axis, value);
        sum += entry(input, here) * entry(cotangent, here);
      }
      return sum;
    });
  });
  dense.forEach((local, d) => {
    put(local, (at) => entry(gradients.dense[d] ?? expect.fail('no gradient'), at));
  });
  rows.forEach(({ local, axis }, r) => {
    const { index, cotangent } = gradients.rows[r] ?? expect.fail('no rows');
    const places = index.axes.filter((one) => one !== 'item');
    const sizes = shapeOf(places, SIZES);
    put(local, (at) => {
      let sum = 0;
      for (let p = 0; p < entries(sizes); p++) {
        const here = new Map(at);
        for (const [place, value] of coordinates(p, places, sizes)) here.set(place, value);
        if (entry(index, here) === at.get(axis)) sum += entry(cotangent, here);
      }
      return sum;
    });
  });
  return new Map([...found].map(([local, value]) => [globalName(stage, local), value]));
}

/** Where an entry lies, by axis. */
function coordinates(at: number, axes: readonly string[], shape: readonly number[]): Map<string, number> {
  const steps = strides(shape);
  return new Map(axes.map((axis, d) => [axis, Math.floor(at / (steps[d] ?? 1)) % (shape[d] ?? 1)]));
}

function entry({ axes, shape, data }: Tensor, at: ReadonlyMap<string, number>): number {
  const steps = strides(shape);
  return data[axes.reduce((sum, axis, d) => sum + (at.get(axis) ?? Number.NaN) * (steps[d] ?? 1), 0)] ?? Number.NaN;
}

describe.each([true, false])('activations kept: %s', (keepActivations) => {
  test.each([
    ['everything', () => true],
    ['nothing below the crown', (name: string) => name === 'cross' || name === 'fold'],
    ['the first stage alone', (name: string) => name === 'tint'],
    ['one of two equal stages', (name: string) => name === 'b.gain'],
    ['what bears on nothing', (name: string) => name === 'a.mix' || name === 'fold'],
    ['tables', (name: string) => name.endsWith('table')],
  ])('%s: output and gradients are the composed program’s', async (_, selected) => {
    const programs = programsOf(selected);
    const { output, gradients } = await stream(programs, keepActivations);
    const oracle = expected(selected);
    expectClose(output.data, reorder(read(oracle, 'verdict'), output.axes).data, TOLERANCE, 'verdict');
    const found = gradients.flatMap((one, k) => [...denseOf(programs, k, one)]);
    const wanted = names.filter((name) => Object.hasOwn(oracle, gradientName(name)));
    expect(found.map(([name]) => name).sort()).toEqual(wanted.sort());
    for (const [name, value] of found) {
      const reference = reorder(read(oracle, gradientName(name)), value.axes);
      expect(Math.max(...reference.data.map(Math.abs)), `${name} moves something`).toBeGreaterThan(1e-3);
      expectClose(value.data, reference.data, TOLERANCE, name);
    }
  });
});

describe('cuts', () => {
  const { cuts, stages } = programsOf(() => true);

  test('hold what some later stage reads, up to the next output of that name', () => {
    expect(cuts.map(({ values }) => values.map(({ name, axes }) => `${name}[${axes}]`))).toEqual([
      [],
      ['trunk[item,slot,wide]', 'shade[hue]'],
      ['trunk[item,slot,wide]', 'shade[hue]'],
      ['trunk[item,slot,wide]', 'shade[hue]', 'branch[item,slot,wide]'],
      ['shade[hue]', 'trunk[item,slot,wide]'],
      [],
    ]);
  });

  test('cotangents are of each item and function, also of what is no item’s own', () => {
    expect(cuts[4]?.cotangents).toEqual([
      { name: 'shade', axes: ['item', 'function', 'hue'] },
      { name: 'trunk', axes: ['item', 'function', 'slot', 'wide'] },
    ]);
  });

  test('no cotangent goes below the lowest selected parameter', () => {
    const { cuts: fewer, stages: own } = programsOf((name) => name === 'cross');
    expect(fewer.map(({ cotangents }) => cotangents.map(({ name }) => name))).toEqual([[], [], [], [], ['trunk'], []]);
    expect(own.map(({ backward }) => backward.outputs.length > 0)).toEqual([false, false, false, true, true]);
  });

  test('an output that is not asked for is not computed', () => {
    expect(stages.at(-1)?.backward.outputs.map(({ name }) => name)).not.toContain('aside');
    expect(stages.at(-1)?.forward.outputs).toEqual([]);
  });
});

test('stages of one program and one choice share their programs', () => {
  const equal = (selected: (name: string) => boolean): boolean => {
    const { stages } = chainPrograms({
      chain: { ...chain, stages: repeated() },
      keep: 'item',
      output: 'trunk',
      seed: ['slot', 'wide', 'function'],
      ride: RIDE,
      selected,
    });
    return stages[1]?.backward === stages[2]?.backward;
  };
  expect(equal(() => true)).toBe(true);
  expect(equal((name) => name !== 'b.mix')).toBe(false);
});

/** Stages that hand on what they are handed. */
function repeated() {
  const [root, middle] = chain.stages;
  if (root === undefined || middle === undefined) throw new Error('no stages');
  const handing: Program = {
    ...middle.program,
    outputs: middle.program.outputs.map((output) => ({ ...output, name: 'trunk' })),
  };
  const named = ['a', 'b', 'c'].map((name) => ({
    name,
    program: handing,
    parameters: { mix: `${name}.mix`, gain: `${name}.gain` },
  }));
  return [root, ...named];
}

test('each stage’s parameters are loaded by their names in the net, once for each visit', async () => {
  const { loads } = await stream(
    programsOf(() => true),
    false,
  );
  const own = chain.stages.map((stage) =>
    feedsOf(stage.program)
      .filter(({ instruction }) => instruction.op === 'parameter')
      .map(({ name }) => globalName(stage, name)),
  );
  // Nobody reads what the second stage hands out.
  const [first = [], , ...rest] = own;
  const visited = [first, ...rest];
  expect(loads).toEqual([...visited, ...visited.slice(0, -1).reverse()]);
});

test('a value that should have been handed over and was not is our bug', async () => {
  const programs = programsOf(() => true);
  const runner = new StageRunner<Tensors>({
    engine,
    programs,
    load: async (wanted) => Object.fromEntries(wanted.map((name) => [name, read(feeds, name)])),
    data: (batch) => batch,
    seed,
  });
  const trunk = tensor(['item', 'slot', 'wide'], [3, 4, 5], new Array<number>(60).fill(0.5));
  await expect(runner.forward(1, feeds, { trunk })).rejects.toMatchObject({ code: 'errors.missing' });
});
