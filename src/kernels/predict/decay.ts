/** How much of a residual is left along an eigenvector of the training kernel after a time of training. */

/** Training of a linear model by squared loss, the mean over examples and outputs of (f − y)²/2. */
export type Training =
  /** dθ/dt = −rate ∇loss. */
  | { readonly algorithm: 'flow'; readonly learningRate: number }
  /** v ← momentum v + ∇loss, θ ← θ − rate v, a whole number of times. */
  | { readonly algorithm: 'descent'; readonly learningRate: number; readonly momentum: number };

/** What is left of a residual of 1, and the share (1 − left)/λ of what is gone, which has a limit at λ = 0. */
export interface Decay {
  readonly left: number;
  readonly gain: number;
}

/** Eigenvalues below this share of the largest are rounding: at infinite time nothing is learnt along them. */
export const CUTOFF = 2 ** -52;

/** The decay along an eigenvalue λ of the kernel, `count` being the number of examples times outputs. */
export function decayOf(training: Training, eigenvalue: number, largest: number, count: number, time: number): Decay {
  const rate = training.learningRate / count;
  if (time === Number.POSITIVE_INFINITY) {
    return eigenvalue <= CUTOFF * count * largest ? { left: 1, gain: 0 } : { left: 0, gain: 1 / eigenvalue };
  }
  const gone =
    training.algorithm === 'flow'
      ? -Math.expm1(-rate * eigenvalue * time)
      : 1 - descended(training, rate * eigenvalue, time);
  if (Math.abs(eigenvalue) > CUTOFF * largest) return { left: 1 - gone, gain: gone / eigenvalue };
  const steps = training.algorithm === 'flow' ? time : effectiveSteps(training.momentum, time);
  return { left: 1, gain: rate * steps };
}

/** r after steps r ← r − x u, u ← r + momentum u from r = 1, u = 0: a power of a 2 × 2 matrix. */
function descended({ momentum }: Extract<Training, { algorithm: 'descent' }>, x: number, steps: number): number {
  if (momentum === 0) return (1 - x) ** steps;
  // u′ = r + m u, r′ = r − x u′.
  let power: Square = [1 - x, -x * momentum, 1, momentum];
  let result: Square = [1, 0, 0, 1];
  for (let left = steps; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = squareProduct(result, power);
    power = squareProduct(power, power);
  }
  return result[0];
}

type Square = readonly [number, number, number, number];

function squareProduct([a, b, c, d]: Square, [e, f, g, h]: Square): Square {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}

/** Σ over steps of the weight that momentum gives a constant gradient. */
function effectiveSteps(momentum: number, steps: number): number {
  if (momentum === 0) return steps;
  return (steps - (momentum * (1 - momentum ** steps)) / (1 - momentum)) / (1 - momentum);
}

/** The rate at which descent no longer converges: 2 (1 + momentum) count / λ_max. */
export function divergentRate(largest: number, count: number, momentum = 0): number {
  return (2 * (1 + momentum) * count) / largest;
}
