import { describe, expect, it } from 'vitest';
import { findTask } from '../../../src/lm/data/tasks.ts';
import type { KernelInputs } from '../../../src/lm/run/kernelInputs.ts';
import type { SolverRequest } from '../../../src/lm/run/kernelScores.ts';
import { checkSolver, type KernelKind } from '../../../src/lm/run/solverCheck.ts';
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
const A_SIGN_GD: KernelKind = { symmetric: false, signed: false };
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
    checkSolver(grid('asymmetric', { lambda: 0.5 }), task, TWO, { symmetric: false, signed: true });
    checkSolver(grid('svc', { cost: 1 }), task, inputs(['negative', 'positive'], false));
    checkSolver(grid('logistic'), findTask('mnli'), inputs(['contradiction', 'entailment', 'neutral']));
  });

  it('tells a solver that the kernel does not fit', async () => {
    expect(await codeOf(() => checkSolver(grid('asymmetric'), task, TWO))).toBe('lm.needs-asymmetric-kernel');
    for (const method of ['svc', 'svr'] as const) {
      expect(await codeOf(() => checkSolver(grid(method), task, TWO, A_SIGN_GD))).toBe('lm.needs-symmetric-kernel');
    }
    const half = grid('asymmetric', { lambda: 0.5 });
    expect(await codeOf(() => checkSolver(half, task, TWO, A_SIGN_GD))).toBe('lm.missing-signed-kernel');
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
