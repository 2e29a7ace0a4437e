/** What a solver would refuse once the kernel is there, told before it is computed. */

import type { Task } from '../data/tasks.ts';
import { checkChoice } from '../solve/solverChoice.ts';
import {
  crossValidationOfSeveral,
  needsAsymmetricKernel,
  noDevExamples,
  oneClass,
  tooFewToCrossValidate,
} from '../solve/solverErrors.ts';
import { gridChoices } from '../solve/solverGrid.ts';
import type { KernelInputs } from './kernelInputs.ts';
import type { SolverRequest } from './kernelScores.ts';

/**
 * Throws {@link UserError} `lm.one-class`, `lm.no-dev-examples`, `lm.bad-setting`, `lm.too-few-to-cross-validate`,
 * `lm.needs-asymmetric-kernel` where the kernel is symmetric; UnsupportedError `lm.two-classes-only`.
 */
export function checkSolver(
  solver: SolverRequest,
  task: Task,
  { data, labelIds }: Pick<KernelInputs, 'data' | 'labelIds'>,
): void {
  const outputs = labelIds.length > 2 ? labelIds.length : 1;
  for (const { train, dev } of data.draws) {
    const counts = task.labels.map(({ name }) => train.filter(({ label }) => label === name).length);
    if (counts.filter((count) => count > 0).length < 2) throw oneClass(train.length);
    const classes = train.map(({ label }) => task.labels.findIndex(({ name }) => name === label));
    const choices =
      solver.method === 'dev' ? gridChoices(solver, { outputs, classes, initial: true, signed: false }) : [solver];
    if (dev.length === 0 && choices.length > 1) throw noDevExamples();
    for (const choice of choices) {
      checkChoice(choice);
      if (choice.method === 'asymmetric') throw needsAsymmetricKernel();
      if (choice.method !== 'logistic' || choice.ridge !== null) continue;
      if (outputs !== 1) throw crossValidationOfSeveral(outputs);
      const fewest = Math.min(...counts);
      if (fewest < 2) throw tooFewToCrossValidate(fewest);
    }
  }
}
