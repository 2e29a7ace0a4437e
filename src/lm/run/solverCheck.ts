/** What a solver would refuse once the kernel is there, told before it is computed. */

import type { Task } from '../data/tasks.ts';
import { checkChoice, METHOD_NAMES, type SolverChoice } from '../solve/solverChoice.ts';
import {
  crossValidationOfSeveral,
  missingSigned,
  needsAsymmetricKernel,
  needsSymmetricKernel,
  noDevExamples,
  oneClass,
  tooFewToCrossValidate,
} from '../solve/solverErrors.ts';
import { gridChoices } from '../solve/solverGrid.ts';
import type { KernelInputs } from './kernelInputs.ts';
import type { SolverRequest } from './kernelScores.ts';

/** What is known beforehand of a kernel. */
export interface KernelKind {
  /** Whether it is the same with training and evaluated examples exchanged, as those of SGD and SignGD. */
  readonly symmetric: boolean;
  /** Whether it comes with a second one, signed on the evaluated side. */
  readonly signed: boolean;
}

/** The kernel of SGD. */
const SYMMETRIC: KernelKind = { symmetric: true, signed: false };

/**
 * Throws {@link UserError} `lm.one-class`, `lm.no-dev-examples`, `lm.bad-setting`, `lm.too-few-to-cross-validate`,
 * `lm.needs-symmetric-kernel`, `lm.needs-asymmetric-kernel`, `lm.missing-signed-kernel`; UnsupportedError
 * `lm.two-classes-only`.
 */
export function checkSolver(
  solver: SolverRequest,
  task: Task,
  { data }: Pick<KernelInputs, 'data'>,
  kind: KernelKind = SYMMETRIC,
): void {
  const outputs = task.labels.length > 2 ? task.labels.length : 1;
  for (const { train, dev } of data.draws) {
    const counts = task.labels.map(({ name }) => train.filter(({ label }) => label === name).length);
    if (counts.filter((count) => count > 0).length < 2) throw oneClass(train.length);
    const classes = train.map(({ label }) => task.labels.findIndex(({ name }) => name === label));
    const choices =
      solver.method === 'dev'
        ? gridChoices(solver, { outputs, classes, initial: true, signed: kind.signed })
        : [solver];
    if (dev.length === 0 && choices.length > 1) throw noDevExamples();
    for (const choice of choices) {
      checkChoice(choice);
      checkKind(choice, kind);
      if (choice.method !== 'logistic' || choice.ridge !== null) continue;
      if (outputs !== 1) throw crossValidationOfSeveral(outputs);
      const fewest = Math.min(...counts);
      if (fewest < 2) throw tooFewToCrossValidate(fewest);
    }
  }
}

function checkKind(choice: SolverChoice, { symmetric, signed }: KernelKind): void {
  if (choice.method === 'asymmetric') {
    if (symmetric) throw needsAsymmetricKernel();
    if (choice.lambda < 1 && !signed) throw missingSigned();
  } else if ((choice.method === 'svc' || choice.method === 'svr') && !symmetric) {
    throw needsSymmetricKernel(METHOD_NAMES[choice.method]);
  }
}
