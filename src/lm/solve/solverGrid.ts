/** The settings that are tried on dev examples (lm.md), each method's in the order of preference among equals. */

import type { ClassMachineSettings, Relative, SolverMethod } from './fittedSolver.ts';
import { classCount } from './kernelSplit.ts';
import type { SolverChoice } from './solverChoice.ts';

/** lm.md's grid, in the order of preference. */
export const RIDGES: readonly number[] = [1, 0.1, 0.01, 0.001, 0];

/** Scales of f₀ in the order of preference; null stands for ∞, which leaves f₀ out. */
export const INITIAL_SCALES: readonly (number | null)[] = [null, 10000, 1000, 100, 10];

/** C over the inverse of the operator norm, as the ridges stand to the norm, and the peer's 1. */
const COSTS: readonly Relative[] = [{ ratio: 1 }, { ratio: 10 }, { ratio: 100 }, { ratio: 1000 }, 1];

/** The peer's half width of the tube, and a tenth of it. */
const EPSILONS: readonly number[] = [0.1, 0.01];

/** γ over the inverse of the operator norm; at 1, and beyond it at every singular value, the machine has a pole. */
const GAMMAS: readonly Relative[] = [0.1, 0.5, 3, 30, 300, 3000].map((ratio) => ({ ratio }));

const LAMBDAS: readonly number[] = [1, 0.5, 0];

/**
 * Training examples up to which logistic regression is cross-validated: its fifty fits take time as the third power of
 * their number, a few seconds for 128 and minutes for a thousand. Its fits at the ridges stay.
 */
const MOST_CROSS_VALIDATED = 256;

/** Settings that are not to be chosen; `ridge` is that of logistic regression too. */
export interface FixedSettings {
  readonly ridge?: number;
  readonly initialScale?: number | null;
  /** C of support vector machines, the most that one training example counts. */
  readonly cost?: number;
  readonly epsilon?: number;
  readonly gamma?: number;
  readonly lambda?: number;
  readonly scheme?: ClassMachineSettings['scheme'];
  /** Least squares of the transpose. */
  readonly transposed?: true;
}

/** What is to be tried. */
export interface SolverGrid {
  /** By default least squares, and for two classes logistic regression. */
  readonly methods?: readonly SolverMethod[];
  readonly fixed?: FixedSettings;
}

/** What the choices depend on beside the grid. */
export interface GridOf {
  /** 1 for two classes, else their number. */
  readonly outputs: number;
  /** Of the training examples. */
  readonly classes: readonly number[];
  /** Whether f₀ is known. */
  readonly initial: boolean;
  /** Whether the kernel signed on the evaluated side is known. */
  readonly signed: boolean;
}

/** All choices of a grid. Logistic regression is cross-validated where there are few examples, but two of each class. */
export function gridChoices({ methods, fixed = {} }: SolverGrid, about: GridOf): SolverChoice[] {
  const usual: readonly SolverMethod[] = about.outputs === 1 ? ['least-squares', 'logistic'] : ['least-squares'];
  return (methods ?? usual).flatMap((method) => choicesOf(method, fixed, about));
}

function choicesOf(method: SolverMethod, fixed: FixedSettings, about: GridOf): SolverChoice[] {
  const { outputs } = about;
  const { ridge = 0, transposed, scheme } = fixed;
  const scales =
    fixed.initialScale === undefined
      ? INITIAL_SCALES.filter((scale) => scale === null || about.initial)
      : [fixed.initialScale];
  const costs = only(fixed.cost, COSTS);
  switch (method) {
    case 'least-squares':
      return only(fixed.ridge, RIDGES).flatMap((own) =>
        scales.map((initialScale) => ({
          method,
          ridge: own,
          initialScale,
          ...(transposed === undefined ? {} : { transposed }),
        })),
      );
    case 'logistic':
      return logisticRidges(fixed, about).map((own) => ({ method, ridge: own, withIntercept: false }));
    case 'svc': {
      // Of two classes there is one machine.
      const schemes = only(
        scheme,
        outputs === 1 ? (['one-vs-rest'] as const) : (['one-vs-rest', 'one-vs-one'] as const),
      );
      return schemes.flatMap((own) => costs.map((cost) => ({ method, cost, ridge, scheme: own })));
    }
    case 'svr':
      // Of several classes each fit takes as many times longer as they are: the peer's tube, without f₀.
      return only(fixed.epsilon, outputs === 1 ? EPSILONS : [0.1]).flatMap((epsilon) =>
        (outputs === 1 || fixed.initialScale !== undefined ? scales : [null]).flatMap((initialScale) =>
          costs.map((cost) => ({ method, cost, epsilon, ridge, initialScale })),
        ),
      );
    case 'asymmetric':
      return only(fixed.lambda, about.signed ? LAMBDAS : [1]).flatMap((lambda) =>
        only(fixed.gamma, GAMMAS).map((gamma) => ({ method, gamma, lambda, ridge })),
      );
  }
}

/** The value that is fixed, or all. */
function only<Value>(fixed: Value | undefined, all: readonly Value[]): readonly Value[] {
  return fixed === undefined ? all : [fixed];
}

function logisticRidges({ ridge }: FixedSettings, { outputs, classes }: GridOf): (number | null)[] {
  if (ridge !== undefined) return [ridge];
  const restrained = RIDGES.filter((own) => own > 0);
  if (outputs !== 1) return restrained;
  const fewest = Math.min(
    ...Array.from({ length: classCount(outputs) }, (_, label) => classes.filter((own) => own === label).length),
  );
  return fewest >= 2 && classes.length <= MOST_CROSS_VALIDATED ? [...restrained, null] : restrained;
}
