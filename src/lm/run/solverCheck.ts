/** What a solver would refuse once the kernel is there, told before it is computed. */

import type { Task } from '../data/tasks.ts';
import { noDevExamples, oneClass, tooFewToCrossValidate, twoClassesOnly } from '../solve/solverErrors.ts';
import type { KernelInputs } from './kernelInputs.ts';
import type { SolverRequest } from './kernelScores.ts';

/** Throws {@link UserError} `lm.one-class`, `lm.no-dev-examples`, `lm.too-few-to-cross-validate`, `lm.two-classes-only`. */
export function checkSolver(
  solver: SolverRequest,
  task: Task,
  { data, labelIds }: Pick<KernelInputs, 'data' | 'labelIds'>,
): void {
  if (solver.method === 'logistic' && labelIds.length > 2) throw twoClassesOnly(labelIds.length);
  for (const { train, dev } of data.draws) {
    const counts = task.labels.map(({ name }) => train.filter(({ label }) => label === name).length);
    if (counts.filter((count) => count > 0).length < 2) throw oneClass(train.length);
    if (solver.method === 'dev' && dev.length === 0) throw noDevExamples();
    if (solver.method !== 'logistic' || solver.ridge !== null) continue;
    const fewest = Math.min(...counts);
    if (fewest < 2) throw tooFewToCrossValidate(fewest);
  }
}
