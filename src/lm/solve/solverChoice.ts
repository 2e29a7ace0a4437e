/** What to fit: settings as they are asked for, before a kernel makes numbers of them. */

import type {
  AsymmetricSettings,
  ClassMachineSettings,
  LeastSquaresSettings,
  LogisticSettings,
  RegressionMachineSettings,
  Relative,
  SolverMethod,
} from './fittedSolver.ts';
import { badSetting } from './solverErrors.ts';

/** What to fit. */
export type SolverChoice =
  | LeastSquaresChoice
  | LogisticChoice
  | ClassMachineChoice
  | RegressionMachineChoice
  | AsymmetricChoice;

/** Kernel least squares as it is asked for. */
export type LeastSquaresChoice = { readonly method: 'least-squares' } & LeastSquaresSettings;

/** A `ridge` of null leaves the strength to cross-validation, which is for two classes. */
export type LogisticChoice = { readonly method: 'logistic' } & Omit<LogisticSettings, 'strength'>;

/** A cost may be relative to the kernel. */
export type ClassMachineChoice = { readonly method: 'svc'; readonly cost: Relative } & Omit<
  ClassMachineSettings,
  'cost' | 'ratio'
>;

/** Support vector regression as it is asked for, C as such or over the kernel's norm. */
export type RegressionMachineChoice = { readonly method: 'svr'; readonly cost: Relative } & Omit<
  RegressionMachineSettings,
  'cost' | 'ratio'
>;

/** An asymmetric machine as it is asked for, γ as such or over the kernel's norm. */
export type AsymmetricChoice = { readonly method: 'asymmetric'; readonly gamma: Relative } & Omit<
  AsymmetricSettings,
  'gamma' | 'ratio'
>;

/** What a user calls a method. */
export const METHOD_NAMES: Readonly<Record<SolverMethod, string>> = {
  'least-squares': 'least squares',
  logistic: 'logistic regression',
  svc: 'a support vector machine',
  svr: 'support vector regression',
  asymmetric: 'the asymmetric machine',
};

/** The value of a setting for a kernel of an operator norm; of a kernel of zeros any is as good. */
export function absolute(value: Relative, norm: number): { readonly value: number; readonly ratio: number | null } {
  if (typeof value === 'number') return { value, ratio: null };
  return { value: norm === 0 ? value.ratio : value.ratio / norm, ratio: value.ratio };
}

/** Throws UserError `lm.bad-setting` for a setting out of range. */
export function checkChoice(choice: SolverChoice): void {
  switch (choice.method) {
    case 'logistic':
      if (choice.ridge !== null) {
        check(
          'the ridge of logistic regression',
          choice.ridge,
          isPositive,
          'a positive number, or null to cross-validate',
        );
      }
      return;
    case 'least-squares':
      checkRidge(choice.ridge);
      checkScale(choice.initialScale);
      return;
    case 'svc':
      checkRidge(choice.ridge);
      checkRelative('C', choice.cost);
      return;
    case 'svr':
      checkRidge(choice.ridge);
      checkRelative('C', choice.cost);
      check('epsilon', choice.epsilon, isFromZero, 'a number from 0');
      checkScale(choice.initialScale);
      return;
    case 'asymmetric':
      checkRidge(choice.ridge);
      checkRelative('gamma', choice.gamma);
      check('lambda', choice.lambda, (value) => isFromZero(value) && value <= 1, 'a number from 0 to 1');
  }
}

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;
const isFromZero = (value: number): boolean => Number.isFinite(value) && value >= 0;

const checkRidge = (ridge: number): void => check('the ridge', ridge, isFromZero, 'a number from 0');

function checkScale(scale: number | null): void {
  if (scale === null) return;
  check('the scale of initial outputs', scale, isPositive, 'a positive number, or null for none');
}

function checkRelative(name: string, value: Relative): void {
  check(name, typeof value === 'number' ? value : value.ratio, isPositive, 'a positive number');
}

function check(name: string, value: number, allowed: (value: number) => boolean, expected: string): void {
  if (!allowed(value)) throw badSetting(name, value, expected);
}
