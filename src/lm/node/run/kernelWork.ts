/** A kernel run's work for several processes: its chunks of examples, part by part. */

import { required } from '../../../errors/index.ts';
import {
  expectRoom,
  type Json,
  joinRun,
  machineOrigin,
  type Others,
  openWork,
  type WorkCommand,
  type WorkJob,
  type WorkUnit,
} from '../../../runs/index.ts';
import {
  type ChunkUnit,
  chunkUnits,
  computeUnits,
  sharesTraining,
  type TrainingBlocks,
  trainingBytes,
} from '../../kernel/kernelShares.ts';
import { keepingWeights } from '../../model/checkpoint.ts';
import { storeOf } from './kernelParts.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import {
  drawsOptions,
  kernelsOf,
  kindsOfRun,
  modelOfHead,
  openKernelFolder,
  plansOf,
  type StoredPlan,
  startKernel,
} from './kernelStart.ts';
import { probedHeads } from './probedHeads.ts';

/** What planning finds. */
export interface PlannedWork {
  /** The absolute path of the run folder. */
  readonly run: string;
  readonly units: number;
  /** Of each process. */
  readonly threads: number;
  readonly forecastBytes: number;
}

/**
 * Makes a run's folder and plan, computes nothing, and opens it to workers. A folder that is there keeps its plan. Throws what
 * `runKernel` throws before its work.
 */
export async function planKernelRun(
  options: KernelRunOptions,
  command: Omit<WorkCommand, 'units'>,
): Promise<PlannedWork> {
  const start = await startKernel(options);
  try {
    const run = await openKernelFolder(options, start);
    try {
      const made = run.plan as unknown as StoredPlan; // as `openKernelFolder` made it
      const plans = plansOf(made).map(({ plan }) => plan);
      const shared = plans.filter((plan) => sharesTraining(plan, start.costs));
      await expectRoom(
        run.folder,
        shared.reduce((sum, plan) => sum + trainingBytes(plan, start.costs), 0),
      );
      const chunks = [...plans.map((plan) => plan.chunks.length), ...shared.map((plan) => plan.trainChunks)];
      const units = chunks.reduce((sum, count) => sum + count, 0);
      await openWork(run.folder, { ...command, units }, options.files);
      return { run: run.folder, units, threads: made.threads, forecastBytes: made.forecastBytes };
    } finally {
      await run.close();
    }
  } finally {
    await start.close();
  }
}

/** A chunk of one part, or of its training sides. */
interface KernelUnit extends WorkUnit {
  readonly first: boolean;
  readonly part: number;
  readonly own: ChunkUnit;
}

/** A run as one of several processes works on it. */
export interface WorkerRun {
  /** Where this process's own files are. */
  readonly scratch: string;
  readonly sameMachines: boolean;
}

/** A kernel run as one of several processes works on it. */
export interface KernelWorkOptions extends KernelRunOptions, WorkerRun {}

/** Opens the work of a planned run, whose folder is `out`. Throws what `runKernel` and {@link joinRun} throw. */
export async function openKernelWork(options: KernelWorkOptions): Promise<WorkJob<KernelUnit>> {
  const { scratch, sameMachines, files, onNotice } = options;
  const start = await startKernel(options);
  const { inputs, model, parts, subject, moments } = start;
  try {
    const run = await joinRun<Json>({
      folder: options.out,
      identity: start.identity,
      origin: machineOrigin(),
      sameMachines,
      scratch,
      ...(files === undefined ? {} : { files }),
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    const made = run.plan as unknown as StoredPlan; // as `openKernelFolder` made it; checked against damage
    const plans = plansOf(made);
    const kinds = kindsOfRun(start.wanted, kernelsOf(run.result));
    const engine = options.engine(made.threads);
    // A head that two make is the same.
    const store = Object.assign({}, run.blocks, { remove: async () => {} });
    const heads = await probedHeads(options, inputs, parts, { engine, store });
    const kept = plans.every(({ keepWeights }) => keepWeights) ? keepingWeights(model) : model;
    const units = parts.flatMap((part, k): KernelUnit[] => {
      const { plan } = required(plans[k], `plan of kernel ${k}`);
      const training = sharesTraining(plan, start.costs);
      const secondMoments = moments === undefined ? {} : { secondMoments: moments };
      const own = chunkUnits({ subject, plan, kinds, training, ...secondMoments });
      const before = part.seed === undefined ? '' : `draw-${part.seed}/`;
      return own.map((unit) => ({
        name: `part-${k}-${unit.kind === 'training' ? 'training' : 'chunk'}-${unit.chunk}`,
        blocks: unit.blocks.map((block) => `${before}${block}`),
        work: unit.work,
        first: unit.kind === 'training',
        part: k,
        own: unit,
      }));
    });
    const seen = parts.map(() => new Set<string>());
    /** What of a part all workers read. */
    const trainingOf = (k: number, others: Others): TrainingBlocks | undefined => {
      const sides = units.filter(({ part, first }) => part === k && first);
      if (sides.length === 0) return undefined;
      const wait = async (): Promise<void> => {
        for (const { name } of sides) await others.finished(name);
      };
      return {
        blocks: new Set(sides.flatMap(({ own }) => own.blocks)),
        seen: required(seen[k], `blocks of kernel ${k}`),
        wait,
      };
    };
    return {
      units,
      together: true,
      compute: async (wanted, over, others) => {
        for (const [k, part] of parts.entries()) {
          const own = wanted.filter((unit) => unit.part === k);
          if (own.length === 0) continue;
          const training = trainingOf(k, others);
          await computeUnits(
            {
              ...drawsOptions(options, start, part, { engine, model: modelOfHead(kept, heads[k]), kinds }),
              plan: required(plans[k], `plan of kernel ${k}`).plan,
            },
            own.map((unit) => unit.own),
            {
              shared: storeOf(store, part),
              own: storeOf(run.scratch, part),
              ...(training === undefined ? {} : { training }),
            },
          );
          for (const unit of own) await over(unit);
        }
      },
      close: async () => {
        await engine.release();
        await start.close();
      },
    };
  } catch (error) {
    await start.close();
    throw error;
  }
}
