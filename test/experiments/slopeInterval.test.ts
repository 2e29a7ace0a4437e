/** How often intervals of slopes contain them. */

import { describe, expect, it } from 'vitest';
import { required } from '../../src/errors/index.ts';
import { slopeInterval } from '../../src/experiments/slopeInterval.ts';
import { mean, standardDeviation, stream, weightedLinearFit } from '../../src/numeric/index.ts';

const [CASES, RUNS, SLOPE] = [1500, 8, -0.5];

/** Of so many cases, the share in which the interval contains the slope; `scatter` moves all runs of a width. */
function coverage(widths: readonly number[], scatter: number): number {
  const normals = stream(5, `scatter ${scatter}`).normals(CASES * widths.length * (RUNS + 1));
  let next = 0;
  const normal = (): number => required(normals[next++], 'normal');
  const x = widths.map(Math.log);
  let inside = 0;
  for (let k = 0; k < CASES; k++) {
    const points = x.map((log) => {
      const center = SLOPE * log + scatter * normal();
      const values = Array.from({ length: RUNS }, () => center + 0.3 * normal());
      return { y: mean(values), error: required(standardDeviation(values), 'deviation') / Math.sqrt(RUNS) };
    });
    const fit = weightedLinearFit(
      x,
      points.map(({ y }) => y),
      points.map(({ error }) => error),
    );
    const { low, high } = slopeInterval(fit, RUNS);
    if (low <= SLOPE && SLOPE <= high) inside++;
  }
  return inside / CASES;
}

/** Three standard errors of a share of so many cases. */
const ROOM = 3 * Math.sqrt((0.05 * 0.95) / CASES);

describe('the interval of a slope', () => {
  it('contains it at least as often as it says where runs differ alone, from two widths on', () => {
    expect(coverage([32, 64, 128, 256], 0)).toBeGreaterThan(0.95 - ROOM);
    expect(coverage([64, 1024], 0)).toBeGreaterThan(0.95 - ROOM);
  });

  it('contains it nearly as often where widths scatter more, by the degrees of that scatter', () => {
    // Where chance could still do it, too few degrees are not yet counted: 90 of 100, and 84 with those of the runs.
    expect(coverage([32, 64, 128, 256], 0.5)).toBeGreaterThan(0.87);
    expect(coverage([32, 64, 128, 256], 3)).toBeGreaterThan(0.95 - ROOM);
  });
});
