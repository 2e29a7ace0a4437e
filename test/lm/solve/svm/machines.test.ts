import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classMachine, type Machine, regressionMachine } from '../../../../src/lm/solve/svm/machines.ts';
import { at, leastSquares, type Matrix, matrix, multiply, stream } from '../../../../src/numeric/index.ts';
import { describeWithShared } from '../../../support/shared.ts';
import { gram, normals, relativeDeviation, scaled } from '../kernels.ts';
import { solverReferences } from '../solverReferences.ts';

/** Scores of rows: K β + b. */
const scoresOf = (kernel: Matrix, { coefficients, intercepts }: Machine): Float64Array =>
  multiply(kernel, matrix(coefficients.length, 1, coefficients)).data.map(
    (value, row) => value + at(intercepts, row % intercepts.length),
  );

/** ‖w‖² = βᵀ K β. */
const squaredNorm = (kernel: Matrix, { coefficients }: Machine): number =>
  multiply(kernel, matrix(coefficients.length, 1, coefficients)).data.reduce(
    (sum, value, k) => sum + value * at(coefficients, k),
    0,
  );

/** Σ |β K β|, what rounding of objectives goes by. */
const size = (kernel: Matrix, { coefficients }: Machine): number =>
  kernel.data.reduce(
    (sum, value, k) =>
      sum + Math.abs(value * at(coefficients, Math.floor(k / kernel.columns)) * at(coefficients, k % kernel.columns)),
    0,
  );

/** Kernels of all kinds: any rank, doubles, sizes of gradients; costs from all at their bounds to none. */
const problems = fc.record({
  count: fc.integer({ min: 2, max: 14 }),
  rank: fc.integer({ min: 1, max: 16 }),
  doubles: fc.boolean(),
  scale: fc.constantFrom(1, 1e4),
  // Of the kernel's size.
  cost: fc.constantFrom(1e-3, 0.3, 10, 1e4),
  seed: fc.nat(),
});

function kernelOf({
  count,
  rank,
  doubles,
  scale,
  seed,
}: {
  count: number;
  rank: number;
  doubles: boolean;
  scale: number;
  seed: number;
}) {
  const factor = normals(count, rank, seed, 'factor');
  if (doubles) factor.data.copyWithin(rank, 0, rank);
  return scaled(gram(factor), scale);
}

/** Duality gaps are sums of terms that cancel: rounding of 2^-52 for each, times what their largest is. */
const ROUNDING = 1e-10;

describe('classMachine', () => {
  it('is the known one of two points: a line that leaves them the same margin', () => {
    const machine = classMachine(gram(matrix(2, 1, Float64Array.of(1, 3))), Float64Array.of(-1, 1), 10);
    expect(relativeDeviation(machine.coefficients, [-0.5, 0.5])).toBeLessThan(1e-14);
    expect(machine.intercepts[0]).toBeCloseTo(-2, 13);
  });

  it('puts the intercept in the middle where all examples are at their bounds', () => {
    // Scores without it are -0.02 and 0.02; b from -1 + 0.02 to 1 - 0.02 is optimal.
    const machine = classMachine(gram(matrix(2, 1, Float64Array.of(-1, 1))), Float64Array.of(-1, 1), 0.01);
    expect([...machine.coefficients]).toEqual([-0.01, 0.01]);
    expect(machine.intercepts[0]).toBe(0);
  });

  it('has no gap between primal and dual objective, inside the bounds', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const kernel = kernelOf(problem);
        const cost = problem.cost / problem.scale;
        const signs = stream(problem.seed, 'signs')
          .normals(problem.count)
          .map((value, k) => (k === 0 || (k > 1 && value > 0) ? 1 : -1));
        const machine = classMachine(kernel, signs, cost);
        const beta = machine.coefficients;
        const alphas = beta.map((value, k) => value * at(signs, k));
        expect(Math.min(...alphas)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...alphas)).toBeLessThanOrEqual(cost);
        const hinges = scoresOf(kernel, machine).reduce((sum, s, k) => sum + Math.max(0, 1 - at(signs, k) * s), 0);
        const total = alphas.reduce((sum, value) => sum + value, 0);
        expect(Math.abs(beta.reduce((sum, value) => sum + value, 0))).toBeLessThan(ROUNDING * cost * problem.count);
        const gap = squaredNorm(kernel, machine) + cost * hinges - total;
        expect(Math.abs(gap)).toBeLessThan(ROUNDING * (total + size(kernel, machine)));
      }),
      { numRuns: 60 },
    );
  });

  it('is the best of all ways to put examples at bounds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.05, 0.5, 5), (seed, cost) => {
        const kernel = gram(normals(4, 5, seed, 'factor'));
        const signs = Float64Array.of(1, -1, 1, -1);
        const found = classMachine(kernel, signs, cost);
        const objective = (beta: ArrayLike<number>): number =>
          squaredNorm(kernel, { coefficients: Float64Array.from(beta), intercepts: new Float64Array(1) }) / 2 -
          [...signs].reduce((sum, sign, k) => sum + sign * at(beta, k), 0);
        const all = bruteForce(kernel, signs, cost).map(objective);
        expect(all.length).toBeGreaterThan(0);
        expect(Math.abs(objective(found.coefficients) - Math.min(...all))).toBeLessThan(1e-12 * (1 + cost));
      }),
      { numRuns: 25 },
    );
  });
});

/** Every stationary point with some α at 0, some at the cost and the rest between. */
function bruteForce(kernel: Matrix, signs: Float64Array, cost: number): Float64Array[] {
  const n = signs.length;
  return Array.from({ length: 3 ** n }, (_, code) => code).flatMap((code) => {
    const place = Array.from({ length: n }, (_, k) => Math.floor(code / 3 ** k) % 3);
    const beta = Float64Array.from(place, (p, k) => (p === 1 ? cost * at(signs, k) : 0));
    const free = place.flatMap((p, k) => (p === 2 ? [k] : []));
    const size = free.length + 1;
    const fixed = multiply(kernel, matrix(n, 1, beta)).data;
    const system = new Float64Array(size * size);
    free.forEach((i, a) => {
      free.forEach((j, b) => {
        system[a * size + b] = at(kernel.data, i * n + j);
      });
      system[a * size + free.length] = 1;
      system[free.length * size + a] = 1;
    });
    const right = [...free.map((k) => at(signs, k) - at(fixed, k)), -beta.reduce((sum, value) => sum + value, 0)];
    const { solution } = leastSquares(matrix(size, size, system), matrix(size, 1, Float64Array.from(right)));
    free.forEach((k, a) => {
      beta[k] = at(solution.data, a);
    });
    const sum = beta.reduce((total, value) => total + value, 0);
    const inside = beta.every((value, k) => value * at(signs, k) >= 0 && value * at(signs, k) <= cost);
    return inside && Math.abs(sum) < 1e-12 * cost ? [beta] : [];
  });
}

describe('regressionMachine', () => {
  it('has no gap between primal and dual objective, one intercept for each group', () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(1, 2), fc.constantFrom(0, 0.1, 2), (problem, groups, epsilon) => {
        const count = problem.count * groups;
        const kernel = kernelOf({ ...problem, count });
        const cost = problem.cost / problem.scale;
        const targets = normals(count, 1, problem.seed, 'targets').data;
        const machine = regressionMachine(kernel, targets, { cost, epsilon, groups });
        const beta = machine.coefficients;
        const total = beta.reduce((sum, value) => sum + Math.abs(value), 0);
        expect(Math.max(...beta.map(Math.abs))).toBeLessThanOrEqual(cost);
        for (let group = 0; group < groups; group++) {
          const sum = beta.reduce((s, value, row) => s + (row % groups === group ? value : 0), 0);
          expect(Math.abs(sum)).toBeLessThan(ROUNDING * cost * count);
        }
        const scores = scoresOf(kernel, machine);
        const losses = scores.reduce((s, v, k) => s + Math.max(0, Math.abs(v - at(targets, k)) - epsilon), 0);
        const gains = beta.reduce((s, v, k) => s + v * at(targets, k) - epsilon * Math.abs(v), 0);
        const gap = squaredNorm(kernel, machine) + cost * losses - gains;
        const most = Math.max(...targets.map(Math.abs), 1);
        expect(Math.abs(gap)).toBeLessThanOrEqual(ROUNDING * (most * total + size(kernel, machine)));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves targets within the tube alone, the intercept in the middle', () => {
    const machine = regressionMachine(gram(normals(3, 3, 1, 'a')), Float64Array.of(1, 1.1, 1.2), {
      cost: 1,
      epsilon: 0.5,
      groups: 1,
    });
    expect([...machine.coefficients]).toEqual([0, 0, 0]);
    expect(machine.intercepts[0]).toBeCloseTo(1.1, 14);
  });
});

describeWithShared('machines of the references, solved in f64', 'reference/lm-models/solvers', (folder) => {
  const { cases, train, evaluated, classes, target } = solverReferences(folder);

  /** Sums of two dozen terms of order 1, after systems whose condition numbers are below 10⁴. */
  const CLOSE = 1e-11;

  const binary = (seed: number, label: number, cost: number): Machine =>
    classMachine(
      train(seed),
      Float64Array.from(classes(seed), (own) => (own === label ? 1 : -1)),
      cost,
    );

  it.each(cases('svc_one_vs_rest'))('SVC, one against the rest, seed $seed, C $C', ({ seed, C, decision_eval_f64 }) => {
    const found = [0, 1, 2].map((label) => scoresOf(evaluated(seed), binary(seed, label, C)));
    const expected = [0, 1, 2].flatMap((label) => decision_eval_f64?.map((row) => at(row, label)) ?? []);
    expect(expected).toHaveLength(36);
    expect(
      relativeDeviation(
        found.flatMap((scores) => [...scores]),
        expected,
      ),
    ).toBeLessThan(CLOSE);
  });

  it.each(cases('svr'))('SVR, seed $seed, C $C, ε $epsilon', ({ seed, C, epsilon = 0, predict_eval_f64 = [] }) => {
    const machine = regressionMachine(train(seed), target(seed), { cost: C, epsilon, groups: 1 });
    expect(predict_eval_f64).toHaveLength(12);
    expect(relativeDeviation(scoresOf(evaluated(seed), machine), predict_eval_f64)).toBeLessThan(CLOSE);
  });
});
