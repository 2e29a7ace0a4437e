/** What stands in place of an exact value that these methods do not reach. */

/** A value that has no closed form here, and why. Not an error: the sampling estimator still gives the value. */
export interface NotClosed {
  readonly notClosed: true;
  readonly reason: string;
}

/** Whether a result says why it has no closed form, instead of being one. */
export function isNotClosed(value: unknown): value is NotClosed {
  return typeof value === 'object' && value !== null && 'notClosed' in value;
}

/** Carries a reason from the depth of a computation to its public entry, where {@link closedOr} makes it a value. */
export class Unclosed extends Error {}

/**
 * The result of a computation, or the reason for which it gave up. Throws what the computation throws for other
 * reasons.
 */
export function closedOr<T>(compute: () => T): T | NotClosed {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Unclosed) return { notClosed: true, reason: error.message };
    throw error;
  }
}

/** A function of what closes; the first reason where something does not. */
export function whereClosed<T, R>(
  parts: readonly (T | NotClosed)[],
  compute: (parts: readonly T[]) => R | NotClosed,
): R | NotClosed {
  const open = parts.find(isNotClosed);
  // What is not a reason is a value.
  return open ?? compute(parts as readonly T[]);
}

export function tooManyDimensions(dimension: number): Unclosed {
  return new Unclosed(`expectation over ${dimension} jointly Gaussian variables`);
}

const quadratureOver = (dimension: number): string =>
  `quadrature over ${dimension === 1 ? 'one Gaussian variable' : `${dimension} jointly Gaussian variables`}`;

/** `error` is relative. */
export function notAccurate(dimension: number, error: number): Unclosed {
  return new Unclosed(`${quadratureOver(dimension)} does not converge (relative error ${error.toExponential(0)})`);
}

export function tooCostly(dimension: number, evaluations: number): Unclosed {
  return new Unclosed(`${quadratureOver(dimension)} needs more than ${evaluations} evaluations`);
}

export function overBudget(dimension: number): Unclosed {
  return new Unclosed(`${quadratureOver(dimension)} takes more evaluations than were allowed`);
}

export function growsTooFast(dimension: number): Unclosed {
  return new Unclosed(`${quadratureOver(dimension)}: the function grows too fast for the mean to exist or be found`);
}

export function notFiniteAt(point: ArrayLike<number>): Unclosed {
  const where = Array.from(point, (x) => x.toPrecision(3)).join(', ');
  return new Unclosed(`the function is not finite at (${where}) standard deviations`);
}

export function tooManyTerms(most: number): Unclosed {
  return new Unclosed(`a product of sums has more than ${most} terms`);
}

export function poleReached(what: string): Unclosed {
  return new Unclosed(`the argument of a ${what} reaches 0, where the mean need not exist`);
}

export function infinite(): Unclosed {
  return new Unclosed('a function is singular at the numbers that it is a function of');
}

/** A value of which cancellation leaves too few digits. */
export function cancels(value: number, error: number): NotClosed {
  const shown = `${value.toPrecision(4)} ± ${error.toExponential(1)}`;
  return {
    notClosed: true,
    reason: `nearly equal values cancel, which leaves ${shown}; write a difference quotient as the derivative that it is`,
  };
}

export function nestedTooDeep(most: number): Unclosed {
  return new Unclosed(`functions nest more than ${most} deep`);
}
