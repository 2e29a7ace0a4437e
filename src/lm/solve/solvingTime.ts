/** How long fits take: decompositions of training kernels, on one core, whose time grows as the third power of their rows. */

/**
 * Seconds for the third power of the rows: the grid of `fitOnDev`, what is left out of least squares, and the spectrum of a
 * report. Two classes have logistic regression besides. Of symmetric kernels by CPU time with 512 rows; of others counted, eight
 * or nine decompositions of which one was timed.
 */
const SECONDS = {
  symmetric: { two: 5e-8, several: 2e-8 },
  asymmetric: { two: 3.2e-7, several: 2.8e-7 },
} as const;

/** What kernels are fitted on. */
export interface SolvedDraws {
  /** Training examples of each draw. */
  readonly train: readonly number[];
  /** 1 for two classes, else their number. */
  readonly outputs: number;
}

/** About how many seconds it takes to fit predictors on kernels of these draws, each symmetric or not. */
export function solvingSeconds(
  { train, outputs }: SolvedDraws,
  kernels: readonly { readonly symmetric: boolean }[],
): number {
  const cubes = train.reduce((sum, examples) => sum + (examples * outputs) ** 3, 0);
  const each = ({ symmetric }: { readonly symmetric: boolean }): number =>
    SECONDS[symmetric ? 'symmetric' : 'asymmetric'][outputs === 1 ? 'two' : 'several'];
  return kernels.reduce((sum, kernel) => sum + each(kernel) * cubes, 0);
}
