/** Support vector and asymmetric machines fitted to the kernel of a task. */

import { required } from '../../errors/index.ts';
import { at, entry, type Matrix, matrix, transpose } from '../../numeric/index.ts';
import { asymmetricMachine } from './asymmetric.ts';
import type { AsymmetricSettings, ClassMachineSettings, RegressionMachineSettings } from './fittedSolver.ts';
import type { KernelSplit } from './kernelSplit.ts';
import { symmetricKernel } from './kernelSystem.ts';
import { classPairs, pairKernel } from './pairVotes.ts';
import type { Fit } from './predictor.ts';
import { METHOD_NAMES } from './solverChoice.ts';
import { needsAsymmetricKernel, needsSymmetricKernel } from './solverErrors.ts';
import { classMachine, regressionMachine } from './svm/machines.ts';

/** A training kernel with its operator norm. */
export interface NormedKernel {
  /** [train · outputs]². */
  readonly rows: Matrix;
  readonly norm: number;
}

/**
 * Classes by support vector machines. Throws UserError `lm.needs-symmetric-kernel`; InvariantError
 * `lm.machine-not-solved`.
 */
export function classMachineFit(
  kernel: NormedKernel,
  classes: readonly number[],
  outputs: number,
  settings: ClassMachineSettings,
): Fit {
  const rows = ridged(symmetricRows(kernel.rows, 'svc'), settings.ridge * kernel.norm);
  const fitted = { method: 'svc', settings, outputs } as const;
  if (outputs > 1 && settings.scheme === 'one-vs-one') {
    const machines = classPairs(outputs).map(([a, b]) => {
      const members = classes.flatMap((label, k) => (label === a || label === b ? [k] : []));
      const signs = Float64Array.from(members, (k) => (classes[k] === a ? 1 : -1));
      return {
        members,
        ...machineOrNone(principalPart(pairKernel(rows, outputs, [a, b]), members), signs, settings.cost),
      };
    });
    const coefficients = machines.flatMap(({ members, coefficients: own }) => {
      const all = new Array<number>(classes.length).fill(0);
      members.forEach((member, k) => {
        all[member] = entry(own, k) + 0;
      });
      return all;
    });
    return { ...fitted, coefficients, intercepts: machines.map(({ intercept }) => intercept) };
  }
  const machines = labelsOf(outputs).map((label) =>
    machineOrNone(ownKernel(rows, outputs, label), signsOf(classes, outputs, label), settings.cost),
  );
  return {
    ...fitted,
    coefficients: interleaved(machines.map(({ coefficients }) => coefficients)),
    intercepts: machines.map(({ intercept }) => intercept),
  };
}

/**
 * Targets by support vector regression, jointly over examples and outputs with an intercept for each output. Throws
 * UserError `lm.needs-symmetric-kernel`; InvariantError `lm.machine-not-solved`.
 */
export function regressionMachineFit(
  kernel: NormedKernel,
  targets: Float64Array,
  outputs: number,
  settings: RegressionMachineSettings,
): Fit {
  const { cost, epsilon, ridge } = settings;
  const rows = ridged(symmetricRows(kernel.rows, 'svr'), ridge * kernel.norm);
  const { coefficients, intercepts } = regressionMachine(rows, targets, { cost, epsilon, groups: outputs });
  return {
    method: 'svr',
    settings,
    outputs,
    coefficients: Array.from(coefficients, (value) => value + 0),
    intercepts: Array.from(intercepts, (value) => value + 0),
  };
}

/**
 * Classes by the asymmetric machine, of several classes one against the rest, on the kernel of each class's own logit.
 * Throws UserError `lm.needs-asymmetric-kernel`, `lm.singular-machine`.
 */
export function asymmetricFit(
  kernel: NormedKernel,
  { classes }: KernelSplit,
  outputs: number,
  settings: AsymmetricSettings,
): Fit {
  if (symmetricKernel(kernel.rows) !== undefined) throw needsAsymmetricKernel();
  const { gamma, lambda, ridge } = settings;
  const rows = ridged(kernel.rows, ridge * kernel.norm);
  const machines = labelsOf(outputs).map((label) => {
    const signs = signsOf(classes, outputs, label);
    const { alpha, beta } = asymmetricMachine(ownKernel(rows, outputs, label), signs)(gamma);
    return {
      own: alpha.map((value, k) => lambda * value * entry(signs, k)),
      signed: beta.map((value, k) => (1 - lambda) * value * entry(signs, k)),
    };
  });
  return {
    method: 'asymmetric',
    settings,
    outputs,
    coefficients: interleaved(machines.map(({ own }) => own)),
    ...(lambda === 1 ? {} : { signedCoefficients: interleaved(machines.map(({ signed }) => signed)) }),
    intercepts: machines.map(() => 0),
  };
}

/** A kernel of training examples signed on the evaluated side: the transpose of that signed on the training side. */
export const signedTraining = (rows: Matrix): Matrix => transpose(rows);

/** Outputs that have a machine: one of two classes, or each of several. */
const labelsOf = (outputs: number): number[] => Array.from({ length: outputs }, (_, k) => k);

/** +1 for the class of an output, for one output the second, −1 for others. */
function signsOf(classes: readonly number[], outputs: number, label: number): Float64Array {
  const positive = outputs === 1 ? 1 : label;
  return Float64Array.from(classes, (own) => (own === positive ? 1 : -1));
}

/** Of classes without any example, or with nothing else, a machine knows its sign alone. */
function machineOrNone(kernel: Matrix, signs: Float64Array, cost: number) {
  const [first] = signs;
  if (signs.every((sign) => sign === first))
    return { coefficients: new Float64Array(signs.length), intercept: first ?? 0 };
  const { coefficients, intercepts } = classMachine(kernel, signs, cost);
  return { coefficients, intercept: required(intercepts[0], 'intercept of a machine') + 0 };
}

function symmetricRows(rows: Matrix, method: 'svc' | 'svr'): Matrix {
  const symmetric = symmetricKernel(rows);
  if (symmetric === undefined) throw needsSymmetricKernel(METHOD_NAMES[method]);
  return symmetric;
}

function ridged(rows: Matrix, shift: number): Matrix {
  return {
    ...rows,
    data: rows.data.map((value, k) => (k % (rows.columns + 1) === 0 ? value + shift : value)),
  };
}

/** The kernel of one logit, [train]². */
function ownKernel(rows: Matrix, outputs: number, label: number): Matrix {
  return principalPart(
    rows,
    Array.from({ length: rows.rows / outputs }, (_, k) => k * outputs + label),
  );
}

/** Chosen rows and columns of a square matrix. */
function principalPart({ columns, data }: Matrix, chosen: readonly number[]): Matrix {
  const size = chosen.length;
  const part = new Float64Array(size * size);
  chosen.forEach((row, i) => {
    chosen.forEach((column, j) => {
      part[i * size + j] = entry(data, row * columns + column);
    });
  });
  return matrix(size, size, part);
}

/** [train · outputs] of vectors [train] by output; JSON has no −0. */
function interleaved(vectors: readonly Float64Array[]): number[] {
  const [first] = vectors;
  return Array.from({ length: required(first, 'machine').length }, (_, k) =>
    vectors.map((vector) => at(vector, k) + 0),
  ).flat();
}
