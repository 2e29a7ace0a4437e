/** The bench of devices, with two engines of the CPU: sizes by a forecast, medians, and no times where numbers differ. */

import { afterAll, describe, expect, it } from 'vitest';
import { agrees, benchText } from '../../src/cli/doctor/benchReport.ts';
import { type BenchTask, benchTasks } from '../../src/cli/doctor/benchTasks.ts';
import { deviationOf, timed } from '../../src/cli/doctor/gpuBench.ts';
import { EMBEDDED_MODEL } from '../../src/cli/embeddedModel.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';

const [one, other] = [nodeEngine({ threads: 1 }), nodeEngine({ threads: 1 })];
afterAll(() => Promise.all([one.release(), other.release()]));

/** A task at its smallest size alone. */
const small = (task: BenchTask): BenchTask => ({ ...task, sizes: task.sizes.slice(0, 1) });

describe('a bench of devices', () => {
  it.each(benchTasks(EMBEDDED_MODEL).slice(0, 2))('finds that $name agrees with itself', async (task) => {
    const found = await timed(small(task), one, other);
    expect(found).toMatchObject({ task: task.name, deviation: 0, runs: 7 });
    expect(agrees(found)).toBe(true);
  });

  it('chooses the largest size that a forecast from the smallest allows, and times nothing more where numbers differ', async () => {
    const asked: string[] = [];
    const task: BenchTask = {
      ...{ name: 'a task', sizes: [1, 10, 1e9], sizeText: (size) => `size ${size}` },
      ...{ work: (size) => size, tolerance: () => 1e-6 },
      run: async (engine, size) => {
        asked.push(`${engine === one ? 'cpu' : 'gpu'} ${size}`);
        return [1, engine === other && size === 10 ? 1.5 : 1];
      },
    };
    const found = await timed(task, one, other);
    expect(found).toMatchObject({ size: 'size 10', deviation: 0.5, runs: 1 });
    expect(asked).toEqual(['cpu 1', 'gpu 1', 'cpu 1', 'gpu 1', 'cpu 10', 'gpu 10', 'cpu 10', 'gpu 10']);
    const about = { gpus: ['A', 'B'], cpu: 'C', runtime: 'R', deviation: 0, fell: true };
    const text = benchText({ ...about, tasks: [found] });
    expect(text).toMatch(/^gpu {6}A; B \(the runtime does not say which/);
    expect(text).toContain('not 32 bits (1e-6)');
    expect(text).toContain('the CPU did these');
    expect(text).not.toContain(' ms');
  });

  it('knows numbers that are none, and lists of other lengths', () => {
    expect([deviationOf([1, 2], [1, 2.5]), deviationOf([1, 2], [1]), deviationOf([1], [Number.NaN])]).toEqual([
      0.25,
      Number.NaN,
      Number.NaN,
    ]);
  });
});
