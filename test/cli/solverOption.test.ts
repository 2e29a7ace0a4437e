import { describe, expect, it } from 'vitest';
import { solverName, solverSentence } from '../../src/cli/solverName.ts';
import { SOLVERS, type SolverName, solverRequest } from '../../src/cli/solverOption.ts';
import { failureOf } from '../support/failure.ts';

const requested = (solver: SolverName, fix?: string, labels = 2) =>
  solverRequest({ solver, ridge: 0.01, ...(fix === undefined ? {} : { fix }) }, labels);

describe('solverRequest', () => {
  it('is a method with its settings, or one whose settings are chosen', () => {
    expect(SOLVERS.map((solver) => requested(solver))).toEqual([
      { method: 'dev' },
      { method: 'dev', methods: ['least-squares'], fixed: {} },
      { method: 'least-squares', ridge: 0.01, initialScale: null },
      { method: 'least-squares', ridge: 0, initialScale: null },
      { method: 'logistic', ridge: null, withIntercept: false },
      { method: 'dev', methods: ['svc'], fixed: {} },
      { method: 'dev', methods: ['svr'], fixed: {} },
      { method: 'dev', methods: ['asymmetric'], fixed: {} },
    ]);
    const chosen = { method: 'dev', methods: ['logistic'] };
    expect(requested('logistic', undefined, 3)).toEqual({ ...chosen, fixed: {} });
    expect(requested('logistic', 'ridge=0.5')).toEqual({ ...chosen, fixed: { ridge: 0.5 } });
  });

  it('takes settings that are fixed', () => {
    expect(requested('svc', 'C=2, scheme=one-vs-one')).toMatchObject({ fixed: { cost: 2, scheme: 'one-vs-one' } });
    expect(requested('svr', 'epsilon=0,f0=none')).toMatchObject({ fixed: { epsilon: 0, initialScale: null } });
    expect(requested('svr', 'f0=100,ridge=0')).toMatchObject({ fixed: { initialScale: 100, ridge: 0 } });
    expect(requested('asymmetric', 'gamma=1e-4,lambda=1')).toMatchObject({ fixed: { gamma: 1e-4, lambda: 1 } });
    expect(requested('least-squares', 'transposed=yes')).toMatchObject({ fixed: { transposed: true } });
  });

  it.each([
    ['svc', 'C', 'cli.bad-fix', '--fix has "C"; expected C to be a positive number.'],
    ['svc', 'C=0', 'cli.bad-fix', '--fix has "C=0"; expected C to be a positive number.'],
    [
      'svr',
      'f0=-1',
      'cli.bad-fix',
      '--fix has "f0=-1"; expected f0 to be a positive number that f₀ is divided by, or none.',
    ],
    [
      'svc',
      'cost=1',
      'cli.bad-fix',
      '--fix has "cost=1"; expected one of C, epsilon, gamma, lambda, ridge, f0, scheme, transposed and its value, such as C=1.',
    ],
    ['svc', 'C=1,C=2', 'cli.fix-twice', '--fix has C twice. Give it once.'],
    [
      'svc',
      'gamma=1',
      'cli.fix-of-other-solver',
      '--fix gamma has no effect: --solver svc has C, ridge, scheme. Leave it out.',
    ],
    ['dev', 'C=1', 'cli.fix-of-other-solver', '--fix C has no effect: --solver dev has none to fix. Leave it out.'],
  ] as const)('refuses --solver %s --fix %s', async (solver, fix, code, message) => {
    expect(await failureOf(() => requested(solver, fix))).toMatchObject({ kind: 'user', code, message });
  });
});

it('names solvers with their settings', () => {
  const solvers = [
    { method: 'least-squares', settings: { ridge: 0.1, initialScale: 10, transposed: true } },
    { method: 'svc', settings: { cost: 1, ratio: null, ridge: 0.1, scheme: 'one-vs-one' } },
    { method: 'svr', settings: { cost: 3e-5, ratio: 10, epsilon: 0.1, ridge: 0, initialScale: null } },
    { method: 'asymmetric', settings: { gamma: 1e-4, ratio: 0.5, lambda: 1, ridge: 0 } },
  ] as const;
  expect(solvers.map(solverName)).toEqual([
    'least squares, ridge 0.1, f₀ / 10, of the transpose',
    'SVC, C 1, votes of pairs, ridge 0.1',
    'SVR, C 10 / operator norm, ε 0.1',
    'asymmetric machine, γ 0.5 / operator norm, λ 1',
  ]);
  expect(solverSentence(solvers[0])).toBe(
    "least squares, ridge 0.1 × operator norm, from the model's own outputs / 10, of the transposed kernel",
  );
});
