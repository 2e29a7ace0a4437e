/** What a solver would refuse once the kernels are there, told before they are computed. */

import type { Task } from '../data/tasks.ts';
import { COMPUTED_KINDS, type ComputedKind, isSymmetric, type KernelKind } from '../kernel/kernelKinds.ts';
import { checkChoice, METHOD_NAMES, type SolverChoice } from '../solve/solverChoice.ts';
import {
  crossValidationOfSeveral,
  fitsSomeKernels,
  needsAsymmetricKernel,
  needsSymmetricKernel,
  noDevExamples,
  oneClass,
  tooFewToCrossValidate,
} from '../solve/solverErrors.ts';
import { gridChoices } from '../solve/solverGrid.ts';
import type { KernelInputs } from './kernelInputs.ts';
import type { SolverRequest } from './kernelScores.ts';

/**
 * Throws {@link UserError} `lm.one-class`, `lm.no-dev-examples`, `lm.bad-setting`, `lm.too-few-to-cross-validate`,
 * `lm.needs-symmetric-kernel`, `lm.needs-asymmetric-kernel`, `lm.fits-some-kernels`; UnsupportedError
 * `lm.two-classes-only`.
 */
export function checkSolver(
  solver: SolverRequest,
  task: Task,
  { data }: Pick<KernelInputs, 'data'>,
  kinds: readonly KernelKind[] = ['sgd'],
): void {
  const outputs = task.labels.length > 2 ? task.labels.length : 1;
  for (const { train, dev } of data.draws) {
    const counts = task.labels.map(({ name }) => train.filter(({ label }) => label === name).length);
    if (counts.filter((count) => count > 0).length < 2) throw oneClass(train.length);
    const classes = train.map(({ label }) => task.labels.findIndex(({ name }) => name === label));
    const choices =
      solver.method === 'dev' ? gridChoices(solver, { outputs, classes, initial: true, signed: true }) : [solver];
    if (dev.length === 0 && choices.length > 1) throw noDevExamples();
    for (const choice of choices) {
      checkChoice(choice);
      checkKinds(choice, kinds);
      if (choice.method !== 'logistic' || choice.ridge !== null) continue;
      if (outputs !== 1) throw crossValidationOfSeveral(outputs);
      const fewest = Math.min(...counts);
      if (fewest < 2) throw tooFewToCrossValidate(fewest);
    }
  }
}

/** Whether the methods of a request can solve a kernel. */
export function solvesKernel(solver: SolverRequest, kind: KernelKind): boolean {
  const methods = solver.method === 'dev' ? (solver.methods ?? []) : [solver.method];
  return methods.every((method) => fitsKernel(method, kind));
}

/**
 * All that is computed where some kernels are asked for: beside A-SignGD's, what is signed on the evaluated side, if an
 * asymmetric machine with λ < 1 may be fitted.
 */
export function kernelsToCompute(solver: SolverRequest, asked: readonly KernelKind[]): ComputedKind[] {
  const second =
    solver.method === 'dev'
      ? solver.methods?.includes('asymmetric') === true && solver.fixed?.lambda !== 1
      : solver.method === 'asymmetric' && solver.lambda < 1;
  return COMPUTED_KINDS.filter((kind) =>
    kind === 'a-signgd-evaluated' ? second && asked.includes('a-signgd') : asked.includes(kind),
  );
}

function fitsKernel(method: SolverChoice['method'], kind: KernelKind): boolean {
  if (method === 'asymmetric') return !isSymmetric(kind);
  return (method !== 'svc' && method !== 'svr') || isSymmetric(kind);
}

function checkKinds({ method }: SolverChoice, kinds: readonly KernelKind[]): void {
  const [fitting, others] = [true, false].map((fits) => kinds.filter((kind) => fitsKernel(method, kind) === fits));
  if (others === undefined || fitting === undefined || others.length === 0) return;
  if (fitting.length > 0) throw fitsSomeKernels(METHOD_NAMES[method], fitting, others);
  throw method === 'asymmetric' ? needsAsymmetricKernel() : needsSymmetricKernel(METHOD_NAMES[method]);
}
