/**
 * What a GPU is worth here: each task on the CPU and on the GPU in turn, at a size that a forecast from small ones chooses, after
 * both have been found to agree.
 */

import type { Engine } from '../../finite/index.ts';
import { at } from '../../numeric/index.ts';
import type { BenchTask } from './benchTasks.ts';

export interface DeviceTimes {
  readonly task: string;
  readonly size: string;
  /** The largest deviation, relative to the largest number, and what 32 bits explain. */
  readonly deviation: number;
  readonly tolerance: number;
  /** Seconds, the median of as many runs of each as there are. */
  readonly cpu: number;
  readonly gpu: number;
  readonly runs: number;
}

/** A run of the slower device at the size that is chosen, and the time of all runs of a task, in seconds. */
const [LONGEST, ALL] = [3, 20];
/** Most runs of each device, after one that compiles; a device that is slow even at the smallest size has one. */
const MOST = 7;

/** Times a task; runs on wrong numbers are none: where devices do not agree at the smallest size, that is all that is told. */
export async function timed(task: BenchTask, cpu: Engine, gpu: Engine): Promise<DeviceTimes> {
  const seconds = async (engine: Engine, size: number): Promise<number> => {
    const started = performance.now();
    await task.run(engine, size);
    return (performance.now() - started) / 1000;
  };
  const deviationAt = async (size: number): Promise<number> =>
    deviationOf(await task.run(cpu, size), await task.run(gpu, size));
  const agrees = (deviation: number, size: number): boolean => deviation <= task.tolerance(size);
  const smallest = at(task.sizes, 0);
  let [size, deviation] = [smallest, await deviationAt(smallest)];
  const first = { cpu: [await seconds(cpu, size)], gpu: [await seconds(gpu, size)] };
  if (agrees(deviation, size)) {
    const slower = Math.max(at(first.cpu, 0), at(first.gpu, 0));
    const forecast = (wanted: number): number => (slower * task.work(wanted)) / task.work(smallest);
    size = task.sizes.filter((wanted) => wanted === smallest || forecast(wanted) <= LONGEST).at(-1) ?? smallest;
    if (size !== smallest) deviation = await deviationAt(size);
  }
  const times = size === smallest ? first : { cpu: [await seconds(cpu, size)], gpu: [await seconds(gpu, size)] };
  const spent = (): number => [...times.cpu, ...times.gpu].reduce((sum, one) => sum + one, 0);
  while (agrees(deviation, size) && times.cpu.length < MOST && spent() < ALL) {
    times.cpu.push(await seconds(cpu, size));
    times.gpu.push(await seconds(gpu, size));
  }
  return {
    task: task.name,
    size: task.sizeText(size),
    deviation,
    tolerance: task.tolerance(size),
    cpu: median(times.cpu),
    gpu: median(times.gpu),
    runs: times.cpu.length,
  };
}

/** Relative to the largest number; NaN where one is. */
export function deviationOf(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  if (a.length !== b.length) return Number.NaN;
  const most = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return a.reduce((worst, value, k) => Math.max(worst, Math.abs(value - at(b, k)) / most), 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (at(sorted, Math.floor(half)) + at(sorted, Math.ceil(half))) / 2;
}
