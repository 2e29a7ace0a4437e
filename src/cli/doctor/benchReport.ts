/** `nexort doctor --bench`: what a GPU is worth here, from its look to its words. */

import { cpus } from 'node:os';
import { noAdapter, nodeEngine, nodeRuntime, probeDevice, rightOnDevice } from '../../finite/node/index.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { table } from '../table.ts';
import { adapterNames } from './adapters.ts';
import { type BenchTask, benchTasks } from './benchTasks.ts';
import { type DeviceTimes, timed } from './gpuBench.ts';

export interface GpuBench {
  /** As the system names them. */
  readonly gpus: readonly string[];
  readonly cpu: string;
  readonly runtime: string;
  /** Of a small product on the GPU, from the same in 64 bits. */
  readonly deviation: number;
  /** Whether operations of the tasks ran on the CPU. */
  readonly fell: boolean;
  readonly tasks: readonly DeviceTimes[];
}

/** Whether a task's numbers on the GPU are those of 32 bits; not where one is none. */
export const agrees = ({ deviation, tolerance }: DeviceTimes): boolean => deviation <= tolerance;

/** Times all tasks. Throws {@link UserError} `finite.no-adapter`. */
export async function gpuBench(
  onTask: (name: string) => void,
  tasks: readonly BenchTask[] = benchTasks(EMBEDDED_MODEL),
): Promise<GpuBench> {
  const probe = await probeDevice();
  if (!probe.found) throw noAdapter(probe.reason);
  const found: DeviceTimes[] = [];
  let fell = false;
  const onFallback = (): void => {
    fell = true;
  };
  const [cpu, gpu] = [nodeEngine(), nodeEngine({ device: 'webgpu', onFallback })];
  try {
    for (const task of rightOnDevice(probe) ? tasks : []) {
      onTask(task.name);
      found.push(await timed(task, cpu, gpu));
    }
  } finally {
    await gpu.release();
    await cpu.release();
  }
  const [{ model } = { model: 'unknown' }] = cpus();
  return {
    gpus: adapterNames(),
    cpu: `${model.trim()}, ${cpus().length} cores`,
    runtime: nodeRuntime('webgpu'),
    deviation: probe.deviation,
    fell,
    tasks: found,
  };
}

export function benchText({ gpus, cpu, runtime, deviation, fell, tasks }: GpuBench): string {
  const names = gpus.length === 0 ? 'the system names none' : gpus.join('; ');
  const head = [
    `gpu      ${names}${gpus.length > 1 ? ' (the runtime does not say which of them it has taken)' : ''}`,
    `cpu      ${cpu}`,
    `runtime  ${runtime}`,
  ];
  if (tasks.length === 0) return `${head.join('\n')}\nA small product is off by ${deviation}: nothing was timed.\n`;
  const rows = tasks.map((one) => [
    one.task,
    one.size,
    one.deviation.toExponential(0),
    ...(agrees(one)
      ? [milliseconds(one.cpu), milliseconds(one.gpu), `${(one.cpu / one.gpu).toPrecision(2)} ×`]
      : ['—', '—', `not 32 bits (${one.tolerance.toExponential(0)})`]),
  ]);
  return [
    ...head,
    '',
    table(['', 'size', 'differ by', 'CPU', 'GPU', 'GPU is'], rows),
    '',
    'Medians of runs in turn, after one that compiles; data go to the GPU and back in each. "GPU is" so many times as fast.',
    ...(fell ? ['Some operations are none of the GPU’s; the CPU did these.'] : []),
    '',
  ].join('\n');
}

const milliseconds = (seconds: number): string => `${(1000 * seconds).toPrecision(3)} ms`;
