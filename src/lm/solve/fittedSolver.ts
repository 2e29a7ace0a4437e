/** Solvers with all their settings, in plain data. Predictions are those of theory 9. */

/** Settings of kernel least squares as it was fitted. */
export interface LeastSquaresSettings {
  /** Added to the diagonal as a multiple of the kernel's operator norm; 0 is the pseudo-inverse. */
  readonly ridge: number;
  /** f₀ is divided by this, subtracted from the targets and added to the scores; null leaves it out. */
  readonly initialScale: number | null;
  /**
   * Fits the transpose of an asymmetric kernel and predicts with the kernel itself, as LM-Kernel-FT does: training
   * targets are not met then.
   */
  readonly transposed?: true;
}

/** Settings of logistic regression on rows of the kernel, as it was fitted. */
export interface LogisticSettings {
  /** Weight of the loss against ½ |w|². */
  readonly strength: number;
  /** Where the strength is (ridge · operator norm)⁻²; null where cross-validation chose it. */
  readonly ridge: number | null;
  readonly withIntercept: boolean;
}

/** A number, or one relative to the kernel: ratio / operator norm. */
export type Relative = number | { readonly ratio: number };

/** Settings of a support vector classifier as it was fitted. */
export interface ClassMachineSettings {
  /** C, the most that one training example counts. */
  readonly cost: number;
  /** Where C is ratio / operator norm; null where it was given. */
  readonly ratio: number | null;
  readonly ridge: number;
  /**
   * Of several classes: a machine for each on the kernel of its own logit, whose scores are compared; or one for each pair
   * on the kernel of the difference of their logits, each with one vote, the first class of equals (as libsvm has it).
   */
  readonly scheme: 'one-vs-rest' | 'one-vs-one';
}

/** Settings of support vector regression as it was fitted. */
export interface RegressionMachineSettings {
  /** C, the most that one training example counts. */
  readonly cost: number;
  readonly ratio: number | null;
  /** Deviations from the target up to this cost nothing. */
  readonly epsilon: number;
  readonly ridge: number;
  readonly initialScale: number | null;
}

/** Settings of an asymmetric machine as it was fitted; two classes only. */
export interface AsymmetricSettings {
  readonly gamma: number;
  /** Where γ is ratio / operator norm; null where it was given. */
  readonly ratio: number | null;
  /** The share of the kernel signed on the training side; 1 needs no other. */
  readonly lambda: number;
  readonly ridge: number;
}

/** Settings by method. */
export interface SettingsOf {
  readonly 'least-squares': LeastSquaresSettings;
  readonly logistic: LogisticSettings;
  readonly svc: ClassMachineSettings;
  readonly svr: RegressionMachineSettings;
  readonly asymmetric: AsymmetricSettings;
}

/** Names of the methods that solve kernels. */
export type SolverMethod = keyof SettingsOf;

/** A solver with all its settings, chosen ones included. */
export type FittedSolver = {
  readonly [Method in SolverMethod]: { readonly method: Method; readonly settings: SettingsOf[Method] };
}[SolverMethod];

/** The solver alone, of something that holds more. */
export function solverOf(fitted: FittedSolver): FittedSolver {
  return { method: fitted.method, settings: fitted.settings } as FittedSolver; // the two belong together
}
