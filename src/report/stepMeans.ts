/** Losses of many steps as few points. */

/** A loss at a place between steps. */
export interface StepMean {
  readonly step: number;
  readonly value: number;
}

/**
 * Means over neighboring steps, each at its middle: at most so many points. Those that are not above 0 are left out, for
 * they have no place on a logarithmic axis.
 */
export function stepMeans(losses: readonly number[], points: number): StepMean[] {
  const together = Math.max(1, Math.ceil(losses.length / points));
  return Array.from({ length: Math.ceil(losses.length / together) }, (_, k): StepMean => {
    const part = losses.slice(k * together, (k + 1) * together);
    return { step: k * together + part.length / 2, value: part.reduce((sum, loss) => sum + loss, 0) / part.length };
  }).filter(({ value }) => value > 0);
}
