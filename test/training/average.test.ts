/** Weights of examples: a mean over those that count, along every axis that examples lie along. */

import { describe, expect, it } from 'vitest';
import { type Net, netOf } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import {
  checkFragment,
  entries,
  indexTensor,
  type Program,
  parseProgram,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import {
  drawState,
  type Evaluation,
  evaluationProgram,
  evaluator,
  type LossName,
  trainingStep,
} from '../../src/training/index.ts';
import { expectClose, REORDERED } from '../program/support.ts';
import { run } from './support.ts';

const [N, INPUT, CLASSES, BATCH, TIME] = [4, 3, 3, 6, 2];
const SIZES = { n: N };

/** tanh of one layer at every place that examples lie at; without classes an output is one number. */
function netOn(examples: readonly string[], classes: boolean): Net {
  const program = parseProgram(`program places
  fixed batch, time, input = ${INPUT}, class = ${CLASSES}
  width n
  data x[${[...examples, 'input'].join(', ')}]
  parameter w[n, input] ~ normal(1)
  parameter v[${classes ? 'class, n' : 'n'}] ~ normal(1)
  f = v @[n] tanh(w @[input] x)
  output f`);
  return netOf(program, { kinds: { w: 'vector', v: 'readout' }, output: 'f', layers: [] });
}

const cases: readonly (readonly [LossName, boolean])[] = [
  ['squared', false],
  ['squared', true],
  ['cross-entropy', true],
  ['hinge', false],
  ['hinge', true],
];

/** Numbers, or labels, of each place, and what a net is told of some places. */
const inputs = stream(3, 'inputs').normals(BATCH * TIME * INPUT);
const numbers = stream(3, 'targets').normals(BATCH * TIME * CLASSES);
const labels = Array.from({ length: BATCH * TIME }, (_, k) => (k * k + 1) % CLASSES);

function dataOf(
  loss: LossName,
  classes: boolean,
  axes: readonly string[],
  shape: readonly number[],
  places: number[],
): Tensors {
  const x = places.flatMap((p) => [...inputs.subarray(p * INPUT, (p + 1) * INPUT)]);
  const targets = (p: number): number[] => {
    const real = numbers.subarray(p * CLASSES, (p + 1) * CLASSES);
    const all = loss === 'squared' ? [...real] : [...real].map((_, c) => (c === labels[p] ? 1 : -1));
    return classes ? all : all.slice(0, 1);
  };
  const target =
    loss === 'cross-entropy'
      ? indexTensor(
          axes,
          shape,
          places.map((p) => labels[p] ?? 0),
        )
      : tensor(classes ? [...axes, 'class'] : axes, classes ? [...shape, CLASSES] : shape, places.flatMap(targets));
  return { x: tensor([...axes, 'input'], [...shape, INPUT], x), target };
}

const layouts = [
  { axes: ['batch'], shape: [BATCH] },
  { axes: ['batch', 'time'], shape: [BATCH, TIME] },
] as const;

describe.each(layouts)('weights on [$axes]', ({ axes, shape }) => {
  const count = entries(shape);
  const all = Array.from({ length: count }, (_, p) => p);
  const weigh = (weights: readonly number[]): Tensors => ({ weight: tensor(axes, shape, weights) });

  describe.each(cases)('%s, several classes: %s', (loss, classes) => {
    const [net, flat] = [netOn(axes, classes), netOn(['batch'], classes)];
    const options = {
      ...{ parametrization: MUP, optimizer: optimizerNamed('adam'), settings: { learningRate: 0.1 }, loss },
      outputs: ['g.w', 'g.v'],
    };
    const weighted = trainingStep(net, { ...options, weighted: true });
    const plain = trainingStep(flat, options);
    const state = drawState(plain, { ...SIZES, batch: 1 }, 4);
    const data = dataOf(loss, classes, axes, shape, all);
    const results = ['loss', 'g.w', 'g.v', 'w', 'v', 'w.second'];

    /** Weights against a batch of examples told one by one. */
    function expectSame(weights: readonly number[], places: number[]): void {
      const own = interpret(weighted, { ...state, ...data, ...weigh(weights) }, SIZES);
      const told = dataOf(loss, classes, ['batch'], [places.length], places);
      const expected = interpret(plain, { ...state, ...told }, SIZES);
      for (const name of results) expectClose(own[name]?.data ?? [], expected[name]?.data ?? [], REORDERED, name);
    }

    it('of 0 and 1 leave examples out', () => {
      const weights = all.map((p) => (p % 3 === 1 ? 0 : 1));
      expectSame(
        weights,
        all.filter((p) => weights[p] === 1),
      );
    });

    it('are relative: all alike change nothing, and 2 counts an example twice', () => {
      expectSame(
        all.map(() => 0.3),
        all,
      );
      const weights = all.map((p) => 0.5 + 0.5 * (p % 2));
      expectSame(
        weights,
        all.flatMap((p) => (p % 2 === 1 ? [p, p] : [p])),
      );
    });

    it('that are all 0 give 0', () => {
      const outputs = interpret(weighted, { ...state, ...data, ...weigh(all.map(() => 0)) }, SIZES);
      for (const name of ['loss', 'g.w', 'g.v']) {
        expect(outputs[name]?.data.length).toBeGreaterThan(0);
        expect(
          outputs[name]?.data.every((value) => value === 0),
          name,
        ).toBe(true);
      }
      expect(outputs.w?.data).toEqual(state.w?.data);
    });

    it('weigh evaluations in batches too', async () => {
      const evaluated = (program: Program, fed: Tensors, batch: number): Promise<Evaluation> =>
        evaluator(program, { data: fed, batch, sizes: SIZES, run })(state);
      const program = evaluationProgram(net, { ...options, weighted: true });
      // The last rows, a batch of their own, are padding.
      const weights = all.map((p) => (p < count - 2 * (count / BATCH) ? 1 + (p % 2) : 0));
      const places = all.flatMap((p) => new Array<number>(weights[p] ?? 0).fill(p));
      const own = await evaluated(program, { ...data, ...weigh(weights) }, 2);
      const told = dataOf(loss, classes, ['batch'], [places.length], places);
      const expected = await evaluated(evaluationProgram(flat, options), told, places.length);
      for (const name of ['loss', 'accuracy'] as const) {
        if (expected[name] === null) expect(own[name]).toBeNull();
        else expectClose([own[name] ?? Number.NaN], [expected[name]], REORDERED, name);
      }
      expect(await evaluated(program, { ...data, ...weigh(all.map(() => 0)) }, 2)).toMatchObject({ loss: null });
    });
  });
});

describe('a step with weights', () => {
  const net = netOn(['batch'], false);
  const options = { parametrization: MUP, optimizer: optimizerNamed('adam') };

  it('reads one input more, and lies in the language as without', () => {
    const inputsOf = (program: Program): string[] =>
      program.nodes.flatMap(({ name, instruction }) =>
        instruction.op === 'input' && instruction.role === 'data' ? [name] : [],
      );
    const weighted = trainingStep(net, { ...options, weighted: true });
    expect(inputsOf(weighted).toSorted()).toEqual([...inputsOf(trainingStep(net, options)), 'weight'].toSorted());
    expect(checkFragment(weighted).violations).toEqual([]);
  });
});
