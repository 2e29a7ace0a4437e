/**
 * SOAP of gradients of few columns is that of k × k matrices between them (theory 11): its second moment, by the numbers of
 * eigenvectors, is 0 outside the first k × k, so that a state that grows by the columns of each step has all of it.
 */

import { expect, test } from 'vitest';
import { at, stream } from '../../src/numeric/index.ts';
import { optimizerNamed, updateProgram } from '../../src/optimizers/index.ts';
import { eigenvectors, tensor } from '../../src/program/index.ts';
import { advance, initialState, type State, sized } from './support.ts';

const [ROWS, COLUMNS, EACH, STEPS] = [14, 11, 2, 4];
const SHAPE = { axes: ['r', 'k'], spaces: [sized('r', ROWS), sized('k', COLUMNS)] };
const [BETA1, BETA2, SHAMPOO_BETA, EPSILON] = [0.9, 0.8, 0.7, 0.5];
/** Roundings of four steps, and of inverse roots of Gram matrices. */
const TOLERANCE = 1e-11;

type Small = readonly (readonly number[])[];

const transposed = (a: Small): Small => (a[0] ?? []).map((_, j) => a.map((row) => at(row, j)));
const product = (...[first = [], ...others]: readonly Small[]): Small =>
  others.reduce((a, b) => {
    const columns = transposed(b);
    return a.map((row) => columns.map((column) => row.reduce((sum, value, i) => sum + value * at(column, i), 0)));
  }, first);
const combined = (a: Small, b: Small, f: (x: number, y: number) => number): Small =>
  a.map((row, i) => row.map((value, j) => f(value, at(b[i] ?? [], j))));
const padded = (a: Small, size: number): Small =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => a[i]?.[j] ?? 0));

function eigen(a: Small): { vectors: Small; values: readonly number[] } {
  const flat = eigenvectors(Float64Array.from(a.flat()), a.length);
  const vectors = a.map((row, i) => row.map((_, j) => at(flat, i * a.length + j)));
  const rotated = product(transposed(vectors), a, vectors);
  return { vectors, values: rotated.map((row, k) => at(row, k)) };
}

/** A^power of a positive A. */
function power(a: Small, by: number): Small {
  const { vectors, values } = eigen(a);
  return product(
    vectors.map((row) => row.map((value, k) => value * at(values, k) ** by)),
    transposed(vectors),
  );
}

/** Columns as rows, in each step: U and V of its gradient U Vᵀ. */
const columnsOf = (name: string, size: number): Small[] =>
  Array.from({ length: STEPS }, (_, step) =>
    Array.from({ length: EACH }, (__, k) => Array.from(stream(1, `${name} ${step} ${k}`).normals(size))),
  );
const [lefts, rights] = [columnsOf('left', ROWS), columnsOf('right', COLUMNS)];

/** The weight that SOAP makes of 0 at rate 1. */
function dense(): readonly number[] {
  const settings = {
    ...{ learningRate: 1, beta1: BETA1, beta2: BETA2 },
    ...{ shampooBeta: SHAMPOO_BETA, epsilon: EPSILON },
  };
  const program = updateProgram(optimizerNamed('soap'), SHAPE, { settings });
  const zero = tensor(SHAPE.axes, [ROWS, COLUMNS], new Array<number>(ROWS * COLUMNS).fill(0));
  let state: State = initialState(program, { weight: zero });
  lefts.forEach((left, step) => {
    const gradient = product(transposed(left), rights[step] ?? []).flat();
    state = advance(program, state, { gradient: tensor(SHAPE.axes, [ROWS, COLUMNS], gradient) });
  });
  return [...(state.weight?.data ?? [])];
}

/** The same by matrices between columns: X = U C Vᵀ, L = U D Uᵀ and R alike. */
function betweenColumns(): readonly number[] {
  let [weight, first, left, right, second]: Small[] = [[], [], [], [], []];
  const averaged = (old: Small | undefined, now: Small, beta: number): Small =>
    combined(padded(old ?? [], now.length), now, (x, y) => beta * x + (1 - beta) * y);
  const [u, v]: [number[][], number[][]] = [[], []];
  for (let step = 0; step < STEPS; step++) {
    u.push(...(lefts[step] ?? []).map((column) => [...column]));
    v.push(...(rights[step] ?? []).map((column) => [...column]));
    const [a, b] = [product(u, transposed(u)), product(v, transposed(v))];
    const own = u.map((_, i) => u.map((__, j) => (i === j && i >= u.length - EACH ? 1 : 0)));
    first = averaged(first, own, BETA1);
    left = averaged(left, product(own, b, own), SHAMPOO_BETA);
    right = averaged(right, product(own, a, own), SHAMPOO_BETA);
    const [rootA, rootB] = [power(a, 0.5), power(b, 0.5)];
    const p = eigen(product(rootA, left, rootA)).vectors;
    const q = eigen(product(rootB, right, rootB)).vectors;
    const coordinates = (c: Small): Small => product(transposed(p), rootA, c, rootB, q);
    const squares = coordinates(own).map((row) => row.map((value) => value ** 2));
    second = averaged(second, squares, BETA2);
    const [unbiased1, unbiased2] = [1 - BETA1 ** (step + 1), 1 - BETA2 ** (step + 1)];
    const quotient = combined(
      coordinates(first),
      second,
      (m, s) => m / unbiased1 / (Math.sqrt(s / unbiased2) + EPSILON),
    );
    const update = product(power(a, -0.5), p, quotient, transposed(q), power(b, -0.5));
    weight = combined(padded(weight ?? [], u.length), update, (x, y) => x - y);
  }
  return product(transposed(u), weight ?? [], v).flat();
}

test('SOAP of gradients of few columns is that of matrices between them, the second moment padded by zeros', () => {
  const [whole, small] = [dense(), betweenColumns()];
  expect(small).toHaveLength(whole.length);
  const scale = Math.max(...whole.map(Math.abs));
  expect(scale).toBeGreaterThan(0.1);
  expect(Math.max(...whole.map((value, k) => Math.abs(value - at(small, k)))) / scale).toBeLessThan(TOLERANCE);
});
