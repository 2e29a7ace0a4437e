import { describe, expect, it } from 'vitest';
import { findTask } from '../../../src/lm/data/tasks.ts';
import { KERNEL_KINDS } from '../../../src/lm/kernel/kernelKinds.ts';
import type { KernelInputs } from '../../../src/lm/run/kernelInputs.ts';
import type { SolverRequest } from '../../../src/lm/run/kernelScores.ts';
import { checkSolver, kernelsToCompute, solvesKernel } from '../../../src/lm/run/solverCheck.ts';
import { failureOf } from '../../support/failure.ts';

/** One draw of these labels, with or without dev examples. */
function inputs(labels: readonly string[], withDev = true): Pick<KernelInputs, 'data' | 'labelIds'> {
  const examples = labels.map((label, k) => ({ label, text: `${k}` }));
  const draws = [{ seed: 13, train: examples, dev: withDev ? examples : [] }];
  const labelIds = [...new Set(labels)].map((_, k) => k);
  // Nothing else of the data is looked at.
  return { data: { draws } as unknown as KernelInputs['data'], labelIds: labelIds.length > 2 ? labelIds : [0, 1] };
}

const TWO = inputs(['negative', 'positive', 'negative', 'positive']);
const A_SIGN_GD = ['a-signgd'] as const;
const grid = (method: 'svc' | 'svr' | 'asymmetric' | 'logistic', fixed = {}): SolverRequest => ({
  method: 'dev',
  methods: [method],
  fixed,
});

describe('checkSolver', () => {
  const codeOf = async (action: () => void) => (await failureOf(action)).code;
  const task = findTask('sst-2');

  it('lets pass what fits', () => {
    for (const method of ['svc', 'svr', 'logistic'] as const) checkSolver(grid(method), task, TWO);
    checkSolver({ method: 'dev' }, task, TWO, A_SIGN_GD);
    checkSolver(grid('asymmetric'), task, TWO, A_SIGN_GD);
    checkSolver(grid('asymmetric', { lambda: 0.5 }), task, TWO, A_SIGN_GD);
    checkSolver({ method: 'dev' }, task, TWO, KERNEL_KINDS);
    checkSolver(grid('svc'), task, TWO, ['sgd', 'signgd', 'adam']);
    checkSolver(grid('svc', { cost: 1 }), task, inputs(['negative', 'positive'], false));
    checkSolver(grid('logistic'), findTask('mnli'), inputs(['contradiction', 'entailment', 'neutral']));
  });

  it('tells a solver that the kernel does not fit', async () => {
    expect(await codeOf(() => checkSolver(grid('asymmetric'), task, TWO))).toBe('lm.needs-asymmetric-kernel');
    for (const method of ['svc', 'svr'] as const) {
      expect(await codeOf(() => checkSolver(grid(method), task, TWO, A_SIGN_GD))).toBe('lm.needs-symmetric-kernel');
    }
  });

  it('names the kernels that a solver fits, and those that it does not', async () => {
    expect(
      (await failureOf(() => checkSolver(grid('asymmetric'), task, TWO, ['sgd', 'a-signgd', 'adam']))).message,
    ).toBe(
      'of the kernels that are asked for, the asymmetric machine fits a-signgd, but not sgd, adam: support vector machines ' +
        'need a symmetric kernel, the asymmetric machine an asymmetric one (a-signgd). Ask for --kernels a-signgd alone (a ' +
        'run keeps the kernels that it has), or use a solver for all: --solver dev, least-squares or logistic.',
    );
    for (const method of ['svc', 'svr'] as const) {
      const failure = await failureOf(() => checkSolver(grid(method), task, TWO, ['signgd', 'a-signgd']));
      expect([failure.code, failure.message]).toEqual([
        'lm.fits-some-kernels',
        expect.stringContaining('fits signgd, but not a-signgd'),
      ]);
    }
    expect(KERNEL_KINDS.filter((kind) => solvesKernel(grid('asymmetric'), kind))).toEqual(['a-signgd']);
    expect(KERNEL_KINDS.filter((kind) => solvesKernel(grid('svr'), kind))).toEqual(['sgd', 'signgd', 'adam']);
    expect(KERNEL_KINDS.filter((kind) => solvesKernel({ method: 'dev' }, kind))).toEqual([...KERNEL_KINDS]);
  });

  it('has the second kernel computed where an asymmetric machine looks at it', () => {
    const both = ['a-signgd', 'a-signgd-evaluated'];
    expect(kernelsToCompute(grid('asymmetric'), ['a-signgd'])).toEqual(both);
    expect(kernelsToCompute(grid('asymmetric', { lambda: 0 }), ['a-signgd'])).toEqual(both);
    expect(kernelsToCompute(grid('asymmetric', { lambda: 1 }), ['a-signgd'])).toEqual(['a-signgd']);
    const half: SolverRequest = { method: 'asymmetric', gamma: 1, lambda: 0.5, ridge: 0 };
    expect(kernelsToCompute(half, ['a-signgd'])).toEqual(both);
    expect(kernelsToCompute({ ...half, lambda: 1 }, ['a-signgd'])).toEqual(['a-signgd']);
    expect(kernelsToCompute({ method: 'dev' }, ['a-signgd', 'sgd'])).toEqual(['sgd', 'a-signgd']);
  });

  it('tells examples that do not suffice', async () => {
    const same = inputs(['positive', 'positive']);
    expect(await codeOf(() => checkSolver(grid('svc'), task, same))).toBe('lm.one-class');
    const blind = inputs(['negative', 'positive'], false);
    expect(await codeOf(() => checkSolver(grid('svc'), task, blind))).toBe('lm.no-dev-examples');
    expect(await codeOf(() => checkSolver(grid('svc', { cost: -1 }), task, TWO))).toBe('lm.bad-setting');
    const logistic: SolverRequest = { method: 'logistic', ridge: null, withIntercept: false };
    const few = inputs(['negative', 'positive']);
    expect(await codeOf(() => checkSolver(logistic, task, few))).toBe('lm.too-few-to-cross-validate');
    const three = inputs(['contradiction', 'entailment', 'neutral']);
    expect(await codeOf(() => checkSolver(logistic, findTask('mnli'), three))).toBe('lm.two-classes-only');
  });
});
