/**
 * A run's kernels: one for all draws, or one for each, where each has a head of its own.
 *
 * The heads of linear probing depend on their draw's training examples, and so does the kernel. One after another is what
 * wastes least: a draw's kernel has its own columns, and no rows but its own and the test examples', so that products are
 * no more than those of one kernel for all; what is repeated is the passes over the test examples. Several heads as
 * outputs of one net would save the forward ones, and multiply gradients of different draws.
 */

import { required } from '../../../errors/index.ts';
import type { Encoded } from '../../kernel/batches.ts';
import type { KernelStore } from '../../kernel/blockStore.ts';
import { type FittedPlan, fitPlan, forecastBytes } from '../../kernel/forecast.ts';
import { forecastWork } from '../../kernel/forecastWork.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import type { ComputedKind } from '../../kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../kernel/kernelOptions.ts';
import { inputsOfDraw, type KernelInputs } from '../../run/kernelInputs.ts';
import type { Setting } from '../../run/setting.ts';
import type { LinearHead } from '../../solve/probe.ts';

/** What one kernel is computed on. */
export interface KernelPart {
  readonly inputs: KernelInputs;
  readonly examples: readonly Encoded[];
  readonly train: readonly number[];
  /** Of the draw that it is for, if it is for one only. */
  readonly seed?: number;
}

/** A part with its kernels, and its head where it has one of its own. */
export interface ComputedPart extends Pick<KernelPart, 'inputs' | 'seed'> {
  readonly kernels: EmpiricalKernels;
  readonly head?: LinearHead;
}

/** The parts of a run, in the order of its draws. */
export function kernelParts({ kind }: Setting, inputs: KernelInputs): readonly KernelPart[] {
  const part = (own: KernelInputs): KernelPart => ({
    inputs: own,
    examples: own.encoded,
    train: Array.from({ length: own.train }, (_, k) => k),
  });
  if (kind !== 'cls-probe') return [part(inputs)];
  return inputs.data.draws.map((draw) => Object.assign(part(inputsOfDraw(inputs, draw)), { seed: draw.seed }));
}

/** The part of a draw. */
export function kernelPartOf<P extends Pick<KernelPart, 'inputs'>>(parts: readonly P[], seed: number): P {
  const found = parts.find(({ inputs }) => inputs.data.draws.some((draw) => draw.seed === seed));
  return required(found, `kernel of draw ${seed}`);
}

/** Where the blocks of a part are kept. */
export function storeOf(store: KernelStore, { seed }: Pick<KernelPart, 'seed'>): KernelStore {
  if (seed === undefined) return store;
  const own = (block: string): string => `draw-${seed}/${block}`;
  return {
    has: (block) => store.has(own(block)),
    read: (block) => store.read(own(block)),
    write: (block, parts) => store.write(own(block), parts),
    remove: (block) => store.remove(own(block)),
  };
}

export interface PartsForecast {
  readonly costs: KernelCosts;
  readonly parts: readonly KernelPart[];
  /** Bytes of the process before the run. */
  readonly base: number;
  readonly kinds: readonly ComputedKind[];
}

/** Plans every part. Throws {@link UserError} `lm.memory-too-small`. */
export function fitParts(options: PartsForecast, memory: number): readonly FittedPlan[] {
  return options.parts.map((part) => fitPlan({ ...forecastOf(options, part), memory }));
}

/** The bytes of the process at its fullest. */
export function partsBytes(options: PartsForecast, plans: readonly FittedPlan[]): number {
  return Math.max(
    ...options.parts.map((part, k) =>
      forecastBytes(forecastOf(options, part), required(plans[k], `plan of kernel ${k}`)),
    ),
  );
}

/** Multiplications of each part, by its kernels; with a forward pass of the training side, where heads are fitted to it. */
export function partsWork({ costs, parts, kinds }: PartsForecast, plans: readonly FittedPlan[]): readonly number[] {
  return parts.map(({ seed }, k) => {
    const { plan } = required(plans[k], `plan of kernel ${k}`);
    const work = forecastWork(costs, plan, kinds);
    if (seed === undefined) return work;
    const training = plan.chunks.slice(0, plan.trainChunks).flat();
    const passes = training.map((batch) => {
      const { members, time } = required(plan.batches[batch], `batch ${batch}`);
      return costs.work(time).reduce((sum, { forward }) => sum + members.length * forward, 0);
    });
    return passes.reduce((sum, one) => sum + one, work);
  });
}

/** A part beside the kernels of all others, which stay in memory. */
function forecastOf({ costs, parts, base, kinds }: PartsForecast, part: KernelPart) {
  const others = parts.filter((one) => one !== part);
  const kept = others.reduce((sum, { examples, train }) => sum + examples.length * train.length, 0);
  const { examples, train } = part;
  return { costs, examples, train, base: base + 8 * kinds.length * kept * costs.outputs ** 2, kinds };
}
