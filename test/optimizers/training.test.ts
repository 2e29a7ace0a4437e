/** Updates written into a program: the same steps as written by hand, in every interpreter. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { stream } from '../../src/numeric/index.ts';
import {
  type Limit,
  optimizerNamed,
  optimizers,
  schedule,
  type UpdateOptions,
  updateProgram,
  widthThreshold,
} from '../../src/optimizers/index.ts';
import {
  checked,
  checkFragment,
  gaussian,
  parseProgram,
  type RandomLaw,
  sizePower,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { stepping } from '../kets/stepping.ts';
import { expectClose, REORDERED } from '../program/support.ts';
import { initialState, type State, sized } from './support.ts';
import { trainingStep } from './training.ts';

/** A few dozen operations in f32 on numbers of order 1. */
const F32 = 2e-5;

const byHand = parseProgram(
  readFileSync(resolve(import.meta.dirname, '../../examples/programs/adam-hidden-matrix.nex'), 'utf8'),
);
const settings = { learningRate: 0.2, beta1: 0.9, beta2: 0.95, epsilon: 0.1, smooth: true };
const written = trainingStep(optimizerNamed('adam'), { settings, rateScale: sizePower('n', -1) });

describe('Adam on a hidden matrix, beside the example that writes it out', () => {
  test('at finite width', () => {
    const width = 5;
    const source = stream(11, 'training');
    const normals = (name: string, count: number): Float64Array => source.substream(name).normals(count);
    const data: Tensors = {
      x: tensor(['batch', 'n'], [2, width], normals('x', 2 * width)),
      v: tensor(['n'], [width], normals('v', width)),
    };
    const matrix = tensor(['n', "n'"], [width, width], normals('W', width * width));
    const zeros = tensor(['n', "n'"], [width, width], new Float64Array(width * width));
    const one = tensor([], [], [1]);
    let hand: State = { W: matrix, first: zeros, second: zeros, decay1: one, decay2: one };
    let ours: State = { W: matrix, 'W.first': zeros, 'W.second': zeros, 'W.power1': one, 'W.power2': one };
    for (let t = 1; t <= 4; t++) {
      hand = interpret(byHand, { ...data, ...hand });
      ours = interpret(written, { ...data, ...ours });
      for (const name of ['W', 'f', 'loss'])
        expectClose(ours[name]?.data ?? [], hand[name]?.data ?? [], REORDERED, `${name} at step ${t}`);
    }
  });

  test('lies in the language', () => expect(checkFragment(written).violations).toEqual([]));
});

/** Adafactor's usual rates measure the hidden matrix, which has no infinite-width reading. */
const inLimits = (name: string) => (name === 'adafactor' ? { relative: false } : {});
/** All but the one whose eigenvectors have no place in limits and graphs. */
const compiled = Object.keys(optimizers).filter((name) => name !== 'soap');

const law = gaussian(1, [{ space: 'n', exponent: -0.5 }]) as RandomLaw; // what gaussian makes
const threshold = widthThreshold(0.2, ['n', "n'"]);
const limits: readonly Limit[] = [
  { kind: 'normalize' },
  { kind: 'divideByClippedNorm', threshold },
  { kind: 'clip', threshold },
  { kind: 'normalizeByInitialWeight', law },
];
const cases: readonly (readonly [string, UpdateOptions])[] = [
  ...compiled.map((name) => [name, { settings: inLimits(name) }] as const),
  ...limits.map((limit) => ['adam', { limit, settings: { decoupledDecay: 0.1 } }] as const),
  ['adam', { settings: { learningRate: schedule('cosine', { steps: 3 }), independentDecay: 0.1 } }],
];

describe('every optimizer, in kets with all initial values given, as in the oracle', () => {
  test.each(cases)('%s %o', (name, options) => {
    const width = 4;
    const program = checked(trainingStep(optimizerNamed(name), { rateScale: sizePower('n', -1), ...options }));
    const source = stream(3, name);
    const initial: State = {
      x: tensor(['batch', 'n'], [2, width], source.substream('x').normals(2 * width)),
      v: tensor(['n'], [width], source.substream('v').normals(width)),
      W: tensor(
        ['n', "n'"],
        [width, width],
        source
          .substream('W')
          .normals(width * width)
          .map((w) => w / 2),
      ),
    };
    const { x, v, W } = initial;
    if (x === undefined || v === undefined || W === undefined) throw new Error('initial values');
    const kets = stepping(program, { width, seed: 1, matrices: 'dense' }, initial);
    let state: State = initialState(program, { W }, { n: width });
    for (let t = 1; t <= 3; t++) {
      const sampled = kets.step().outputs;
      state = interpret(program, { ...state, x, v });
      for (const output of ['f', 'loss']) {
        const value = sampled[output];
        expectClose(
          value !== undefined && 'data' in value ? value.data : [],
          state[output]?.data ?? [],
          REORDERED,
          `${output} at step ${t}`,
        );
      }
    }
  });
});

describe('every optimizer on ONNX Runtime, as in the oracle', () => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());

  /** Eigenvalues of a thousandth of the norm, which f32 tells from 0 well. */
  const inSingle = (name: string) => (name === 'shampoo' ? { epsilon: 1e-3 } : {});

  test('refuses eigenvectors', async () => {
    const shape = { axes: ['a', 'b'], spaces: [sized('a', 3), sized('b', 4)] };
    const program = updateProgram(optimizerNamed('soap'), shape);
    const matrix = tensor(['a', 'b'], [3, 4], stream(5, 'soap').normals(12));
    const state = initialState(program, { weight: matrix });
    await expect(engine.run(program, { ...state, gradient: matrix })).rejects.toThrow(
      'eigenbasis has no definition in products and maps, which alone can be compiled, sampled or differentiated; the oracle (interpret of nexort/reference) has a rule for it.',
    );
  });

  test.each(compiled)('%s', async (name) => {
    const shape = { axes: ['a', 'b'], spaces: [sized('a', 3), sized('b', 4)] };
    const program = updateProgram(optimizerNamed(name), shape, {
      settings: { ...inSingle(name), decoupledDecay: 0.1 },
    });
    const source = stream(5, name);
    const matrix = (label: string) => tensor(['a', 'b'], [3, 4], source.substream(label).normals(12));
    let exact: State = initialState(program, { weight: matrix('weight') });
    let single: Tensors = exact;
    for (let t = 1; t <= 3; t++) {
      const gradient = matrix(`gradient ${t}`);
      exact = interpret(program, { ...exact, gradient });
      single = await engine.run(program, { ...single, gradient });
      for (const [state, value] of Object.entries(exact))
        expectClose(single[state]?.data ?? [], value.data, F32, `${state} at step ${t}`);
    }
  });
});
