/** The simulation of workers: every unit is computed, also those of workers that are killed, and counts are those of the claims. */

import { expect, test } from 'vitest';
import { simulated } from '../../bench/workers/simulation.ts';
import { VirtualClock } from '../../bench/workers/virtual.ts';

test('a clock of its own wakes sleepers in their order, without waiting', async () => {
  const clock = new VirtualClock();
  const woken: string[] = [];
  const sleeper = async (milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    woken.push(`${milliseconds} at ${clock.now()}`);
  };
  await clock.until(Promise.all([3_600_000, 5, 70, 5, 41].map(sleeper)));
  expect(woken).toEqual(['5 at 5', '5 at 5', '41 at 41', '70 at 70', '3600000 at 3600000']);
});

test('fifty workers compute all, what one of them leaves is taken over, and the last ends soon', async () => {
  const found = await simulated({ workers: 50, unitsEach: 2, unitSeconds: 60 });
  expect(found).toMatchObject({ units: 100, takenOver: 1 });
  expect(found.byKind.makeNewFolder).toBeCloseTo(1.01 + found.lost, 10);
  // Silent for three minutes, seen within a look, computed in two minutes at most.
  expect(found.seconds).toBeLessThan(found.leastSeconds + 180 + 20 + 120 + 240);
});
