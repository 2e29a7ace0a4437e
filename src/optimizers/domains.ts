/** Where hyperparameters may lie, as data, and in words. */

/** The numbers between bounds; without bounds, all finite ones. */
export interface Domain {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
  readonly whole?: true;
}

/** Whether a finite number lies in a domain. */
export function liesIn(value: number, { above, atLeast, below, atMost, whole }: Domain): boolean {
  return (
    Number.isFinite(value) &&
    (above === undefined || value > above) &&
    (atLeast === undefined || value >= atLeast) &&
    (below === undefined || value < below) &&
    (atMost === undefined || value <= atMost) &&
    (whole === undefined || Number.isInteger(value))
  );
}

/** "a number above 0 and below 1". */
export function describeDomain({ above, atLeast, below, atMost, whole }: Domain): string {
  const bounds = [
    above === undefined ? [] : [`above ${above}`],
    atLeast === undefined ? [] : [`at least ${atLeast}`],
    below === undefined ? [] : [`below ${below}`],
    atMost === undefined ? [] : [`at most ${atMost}`],
  ].flat();
  return [whole ? 'a whole number' : 'a number', bounds.join(' and ')].filter((part) => part !== '').join(' ');
}
