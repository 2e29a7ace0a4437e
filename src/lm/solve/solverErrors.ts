/** Words of the errors of solvers and fitted predictors. */

import { InvariantError, UnsupportedError, UserError } from '../../errors/index.ts';
import { bullets, list } from '../wording.ts';

/** Sizes of a kernel's parts that do not go together. */
export function kernelSizes(problems: readonly string[]): UserError {
  return new UserError(
    'lm.kernel-sizes',
    'the parts of the kernel do not fit together; rows are evaluated examples × outputs, columns training examples × ' +
      `outputs:${bullets(problems)}`,
    { problems },
  );
}

/** An entry of a kernel, or an initial output, that is not a finite number. */
export function notFinite(what: string, place: string, value: number): UserError {
  return new UserError(
    'lm.not-finite',
    `${what} holds ${value} at ${place}; expected finite numbers. A gradient of the model overflowed or is undefined: ` +
      "check the checkpoint's weights (nexort doctor tests the engine), or leave the parameters at fault out with --params.",
    { what, place, value },
  );
}

export function oneClass(count: number): UserError {
  return new UserError(
    'lm.one-class',
    `all ${count} training examples have the same label; expected at least two labels to tell apart. Add examples of ` +
      'another label.',
    { count },
  );
}

export function noDevExamples(): UserError {
  return new UserError(
    'lm.no-dev-examples',
    'there are no dev examples to choose a solver by. Add some, or choose with --solver pinv, ridge or logistic.',
  );
}

export function badSetting(name: string, value: unknown, expected: string): UserError {
  return new UserError('lm.bad-setting', `${name} is ${String(value)}; expected ${expected}.`, {
    name,
    value,
    expected,
  });
}

export function tooFewToCrossValidate(fewest: number): UserError {
  return new UserError(
    'lm.too-few-to-cross-validate',
    'logistic regression chooses its strength by cross-validation, which needs at least two training examples of each ' +
      `label, but a label has ${fewest}. Use more examples (--k), or --solver ridge.`,
    { fewest },
  );
}

/** A label has too few training examples in a draw for the head that linear probing gives. */
export function tooFewToProbe(seed: number, label: string, count: number): UserError {
  return new UserError(
    'lm.too-few-to-probe',
    `The draw of seed ${seed} has ${count} training examples of label '${label}'; linear probing, whose strength is chosen ` +
      'by cross-validation, needs at least two. Use more examples (--k), or --setting cls-random.',
    { seed, label, count },
  );
}

export function crossValidationOfSeveral(outputs: number): UnsupportedError {
  return new UnsupportedError(
    'lm.two-classes-only',
    `the strength of logistic regression is cross-validated for two classes, and this task has ${outputs}. Choose its ` +
      'ridge on dev examples, or give one.',
    { outputs },
  );
}

export function needsSymmetricKernel(method: string): UserError {
  return new UserError(
    'lm.needs-symmetric-kernel',
    `${method} needs a symmetric kernel, such as that of SGD or SignGD, and this one is asymmetric. Use --solver ` +
      'asymmetric, least-squares or logistic.',
    { method },
  );
}

/** A solver is asked for that fits some of several kernels. */
export function fitsSomeKernels(method: string, fitting: readonly string[], others: readonly string[]): UserError {
  return new UserError(
    'lm.fits-some-kernels',
    `of the kernels that are asked for, ${method} fits ${list(fitting)}, but not ${list(others)}: support vector machines ` +
      'need a symmetric kernel, the asymmetric machine an asymmetric one (a-signgd). Ask for --kernels ' +
      `${fitting.join(',')} alone (a run keeps the kernels that it has), or use a solver for all: --solver dev, ` +
      'least-squares or logistic.',
    { method, fitting, others },
  );
}

export function needsAsymmetricKernel(): UserError {
  return new UserError(
    'lm.needs-asymmetric-kernel',
    'the asymmetric machine is for an asymmetric kernel, that of A-SignGD, and this one is symmetric. Use --kernels ' +
      'a-signgd, or --solver svc or least-squares.',
  );
}

export function missingSigned(): UserError {
  return new UserError(
    'lm.missing-signed-kernel',
    'an asymmetric machine with lambda below 1 looks at a second kernel, signed on the evaluated side, which was not given. ' +
      'Give its rows (signed), or fit with lambda 1.',
  );
}

export function noSumOfParts(): UnsupportedError {
  return new UnsupportedError(
    'lm.no-sum-of-parts',
    'votes of pairs of classes are no sum over training examples. Fit one machine against the rest (one-vs-rest) for one.',
  );
}

export function missingInitial(scale: number): UserError {
  return new UserError(
    'lm.missing-initial',
    `this predictor starts from the model's own outputs divided by ${scale}, and they were not given. Give the outputs ` +
      'of the examples (f0), or fit with initialScale null.',
    { scale },
  );
}

export function badPredictor(where: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-predictor',
    `${where} does not hold a fitted predictor; the file is damaged or of another version. Run nexort kernel again.${bullets(problems)}`,
    { where, problems },
  );
}

/** All steps of a support vector machine leave it away from its optimum. */
export function machineNotSolved(gap: number): InvariantError {
  return new InvariantError(
    'lm.machine-not-solved',
    `a support vector machine is still ${gap} from its optimum after all steps; this is a fault of nexort.`,
    { gap },
  );
}

export function singularMachine(gamma: number): UserError {
  return new UserError(
    'lm.singular-machine',
    `the asymmetric machine has no solution at gamma ${gamma}, which is one over a singular value of the kernel. Change ` +
      'gamma a little.',
    { gamma },
  );
}
