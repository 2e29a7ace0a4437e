/** Limits on updates and clipping of gradients, against their definitions with sums of squares. */

import { describe, expect, test } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import {
  clipGradients,
  type Limit,
  optimizerNamed,
  type UpdateOptions,
  updateProgram,
  updatesProgram,
  widthThreshold,
} from '../../src/optimizers/index.ts';
import {
  build,
  denseGradients,
  fixed,
  gaussian,
  type RandomLaw,
  reverse,
  type Space,
  type Tensors,
  tensor,
  unary,
  width,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, messageOf, REORDERED } from '../program/support.ts';
import { initialState, type State, sized } from './support.ts';

const N = 4;
const IN = 3;
const spaces: Space[] = [{ name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } }, sized('in', IN)];
const source = stream(17, 'limits');
const normals = (label: string, count: number): number[] => [...source.substream(label).normals(count)];
const normOf = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

/** A hidden matrix, an input matrix with a fixed axis, a vector and a number: what they change by in one step at rate 1. */
const shapes = [
  { name: 'a hidden matrix', axes: ['n', "n'"], shape: [N, N], widths: ['n', "n'"] },
  { name: 'input weights', axes: ['n', 'in'], shape: [N, IN], widths: ['n'] },
  { name: 'a vector', axes: ['n'], shape: [N], widths: ['n'] },
  { name: 'a number', axes: [], shape: [], widths: [] },
];

describe.each(shapes)('$name', ({ name, axes, shape, widths }) => {
  const count = shape.reduce((total, size) => total * size, 1);
  const weight = normals(`${name} weight`, count);
  const gradient = normals(`${name} gradient`, count);
  const norm = normOf(gradient);
  const entriesOverWidths = N ** widths.length;

  /** By how much gradient descent at rate 1 changes the weight. */
  function change(limit: Limit, g = gradient): number[] {
    const program = updateProgram(optimizerNamed('sgd'), { axes, spaces }, { settings: { learningRate: 1 }, limit });
    const data = { weight: tensor(axes, shape, weight), gradient: tensor(axes, shape, g) };
    const next = interpret(program, data, { n: N }).weight?.data ?? [];
    return Array.from(next, (w, p) => (weight[p] ?? 0) - w);
  }
  const expectChange = (limit: Limit, expected: readonly number[]): void =>
    expectClose(change(limit), expected, REORDERED, limit.kind);

  test('normalized by its own norm', () => {
    expectChange(
      { kind: 'normalize' },
      gradient.map((g) => g / norm),
    );
    expect(normOf(change({ kind: 'normalize' }))).toBeCloseTo(1, 12);
  });

  test('normalized by the norm of the weight', () => {
    expectChange(
      { kind: 'normalizeByWeight' },
      gradient.map((g) => g / normOf(weight)),
    );
  });

  test('divided by min(ν, θ): normalized below the threshold, in proportion above', () => {
    // θ = θ₀ n^e with e = 1/2 for each width axis.
    for (const share of [0.5, 2]) {
      const value = (share * norm) / Math.sqrt(entriesOverWidths);
      const limit: Limit = { kind: 'divideByClippedNorm', threshold: widthThreshold(value, widths) };
      expectChange(
        limit,
        gradient.map((g) => g / (Math.min(share, 1) * norm)),
      );
    }
  });

  test('clipped: multiplied by min(1, θ/ν)', () => {
    for (const share of [0.5, 2]) {
      const value = (share * norm) / Math.sqrt(entriesOverWidths);
      const limit: Limit = { kind: 'clip', threshold: widthThreshold(value, widths) };
      expectChange(
        limit,
        gradient.map((g) => g * Math.min(share, 1)),
      );
    }
  });

  test('an update of nothing stays nothing', () => {
    const zeros = gradient.map(() => 0);
    const threshold = { value: 1 };
    for (const limit of [
      { kind: 'normalize' },
      { kind: 'divideByClippedNorm', threshold },
      { kind: 'clip', threshold },
    ] as const)
      expect(change(limit, zeros).every((moved) => moved === 0)).toBe(true);
  });
});

describe('the norm that an initial weight has at large width', () => {
  const size = 64;
  const law = gaussian(2, [{ space: 'n', exponent: -0.5 }]) as RandomLaw; // what gaussian makes
  const axes = ['n', "n'"];
  const options = (kind: 'measured' | 'limit', settings: UpdateOptions['settings']): UpdateOptions => ({
    settings: { learningRate: 1, ...settings },
    rateScale: 1e-6,
    limit: kind === 'measured' ? { kind: 'normalizeByWeight' } : { kind: 'normalizeByInitialWeight', law },
  });
  const weight = normals('wide', size * size).map((w) => (2 * w) / Math.sqrt(size));
  const gradient = tensor(axes, [size, size], normals('wide gradient', size * size));

  /** The size of each of three steps, decay aside. */
  function steps(kind: 'measured' | 'limit', lambda: number): number[] {
    const program = updateProgram(optimizerNamed('sgd'), { axes, spaces }, options(kind, { independentDecay: lambda }));
    let state: State = initialState(program, { weight: tensor(axes, [size, size], weight) }, { n: size });
    return [1, 2, 3].map(() => {
      const before = state.weight?.data ?? [];
      state = interpret(program, { ...state, gradient }, { n: size });
      return normOf(Array.from(state.weight?.data ?? [], (w, p) => w - (1 - lambda) * (before[p] ?? 0)));
    });
  }

  test('is that of its law times √entries times what decay has left', () => {
    const expected = (normOf([...gradient.data]) * 1e-6) / (2 * Math.sqrt(size));
    expectClose(
      steps('limit', 0.1).map((step) => step / expected),
      [1, 1 / 0.9, 1 / 0.81],
      1e-9,
    );
  });

  test.each([0, 0.1])('is near the measured one, λ = %d', (lambda) => {
    // The norm of n² Gaussian entries spreads by 1/√(2n²) of itself: here 0.011; five sigmas.
    const ratios = steps('limit', lambda).map((step, t) => step / (steps('measured', lambda)[t] ?? Number.NaN));
    expectClose(ratios, [1, 1, 1], 5 / Math.sqrt(2 * size * size));
  });
});

describe('gradients clipped by their common norm', () => {
  const b = build('two layers', { batch: fixed(2), input: fixed(IN), n: width() });
  const x = b.input('x', ['batch', 'input']);
  const h = b.map([b.contract(x, b.parameter('w', ['n', 'input']), ['input'])], (u) => unary('tanh', u));
  b.output('f', b.mean(b.contract(h, b.parameter('v', ['n']), []), ['n']));
  const program = denseGradients(reverse(b.finish(), { output: 'f', seed: ['batch'] }));
  const feeds: Tensors = {
    x: tensor(['batch', 'input'], [2, IN], normals('x', 2 * IN)),
    w: tensor(['n', 'input'], [N, IN], normals('w', N * IN)),
    v: tensor(['n'], [N], normals('v', N)),
    'd.f': tensor(['batch'], [2], [1, -2]),
  };
  const plain = interpret(program, feeds);
  const gradients = ['g.w', 'g.v'];
  const total = normOf(gradients.flatMap((name) => [...(plain[name]?.data ?? [])]));

  // torch.nn.utils.clip_grad_norm_: coef = max_norm / (total_norm + 1e-6), at most 1.
  test.each([0.3, 3])('at %d times it', (share) => {
    const clipped = interpret(clipGradients(program, share * total), feeds);
    const factor = Math.min(1, (share * total) / (total + 1e-6));
    for (const name of gradients)
      expectClose(
        clipped[name]?.data ?? [],
        Array.from(plain[name]?.data ?? [], (g) => factor * g),
        REORDERED,
        name,
      );
    expectClose(clipped.gradientNorm?.data ?? [], [total], REORDERED);
    expectClose(clipped.f?.data ?? [], plain.f?.data ?? [], 0);
  });

  test('or before the updates of many parameters', () => {
    const set = { spaces, parameters: { w: { axes: ['n', 'in'] }, v: { axes: ['n'] } } };
    const step = updatesProgram(optimizerNamed('sgd'), set, { settings: { learningRate: 1 }, clipNorm: 0.5 });
    const w = { axes: ['n', 'in'], shape: [N, IN] };
    const data = {
      w: tensor(w.axes, w.shape, new Array<number>(N * IN).fill(0)),
      v: tensor(['n'], [N], new Array<number>(N).fill(0)),
      'g.w': tensor(w.axes, w.shape, normals('gw', N * IN)),
      'g.v': tensor(['n'], [N], normals('gv', N)),
    };
    const next = interpret(step, data);
    const all = normOf([...data['g.w'].data, ...data['g.v'].data]);
    const factor = 0.5 / (all + 1e-6);
    expectClose(
      next.w?.data ?? [],
      Array.from(data['g.w'].data, (g) => -factor * g),
      REORDERED,
    );
    expectClose(
      next.v?.data ?? [],
      Array.from(data['g.v'].data, (g) => -factor * g),
      REORDERED,
    );
  });

  test('needs gradients and a threshold', () => {
    expect(messageOf(() => clipGradients(b.finish(), 1))).toBe(
      'program "two layers" hands out no gradient to clip: expected outputs named g.PARAMETER. It has: f.',
    );
    expect(messageOf(() => clipGradients(program, 0))).toBe(
      'clipping of gradients:\n  threshold is 0, expected a number above 0.',
    );
  });
});
