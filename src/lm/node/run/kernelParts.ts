/**
 * A run's kernels, one for each draw: its columns are the draw's training examples, its rows these, the dev ones and the
 * test ones. Those of one model are computed together, so that gradients of the test examples serve all draws. An example
 * that several draws train on or choose with is computed for each: few are, and each draw has batches of its own so.
 *
 * The heads of linear probing depend on their draw's training examples, and so do gradients: there draws are computed one
 * after another. Several heads as outputs of one net would save the forward passes over the test examples, and multiply
 * gradients of different draws.
 */

import { required } from '../../../errors/index.ts';
import { at } from '../../../numeric/index.ts';
import type { Example } from '../../data/example.ts';
import type { Encoded } from '../../kernel/batches.ts';
import type { KernelStore } from '../../kernel/blockStore.ts';
import { type DrawSides, kernelEntries } from '../../kernel/drawSides.ts';
import { type FittedPlan, fitPlan, forecastBytes } from '../../kernel/forecast.ts';
import { forecastWork } from '../../kernel/forecastWork.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import type { ComputedKind } from '../../kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../kernel/kernelOptions.ts';
import { inputsOfDraw, type KernelInputs } from '../../run/kernelInputs.ts';
import type { Setting } from '../../run/setting.ts';
import type { LinearHead } from '../../solve/probe.ts';

/** What is computed together: some draws of one model. */
export interface KernelPart {
  /** Of each draw alone. */
  readonly inputs: readonly KernelInputs[];
  readonly examples: readonly Encoded[];
  /** By draw, the positions among the examples of its rows, which are those of its inputs, and of its training ones. */
  readonly draws: readonly DrawSides[];
  /** Of the draw that has a model of its own, if it has. */
  readonly seed?: number;
}

/** A draw's kernels, and its head where it has one of its own. */
export interface DrawKernels {
  readonly seed: number;
  readonly inputs: KernelInputs;
  readonly kernels: EmpiricalKernels;
  readonly head?: LinearHead;
}

/** The parts of a run, in the order of its draws. */
export function kernelParts({ kind }: Setting, inputs: KernelInputs): readonly KernelPart[] {
  const own = inputs.data.draws.map((draw) => ({ seed: draw.seed, inputs: inputsOfDraw(inputs, draw) }));
  if (kind !== 'cls-probe') return [drawsTogether(own.map((one) => one.inputs))];
  return own.map((one) => Object.assign(drawsTogether([one.inputs]), { seed: one.seed }));
}

/** Test examples are shared; all others are there once for each draw. */
function drawsTogether(inputs: readonly KernelInputs[]): KernelPart {
  const examples: Encoded[] = [];
  const trained = new Set(inputs.flatMap((own) => own.examples.slice(0, own.train)));
  const shared = new Map<Example, number>();
  const draws = inputs.map((own): DrawSides => {
    const test = new Set(own.test);
    const rows = own.examples.map((example, k) => {
      const isShared = test.has(example) && !trained.has(example);
      const known = isShared ? shared.get(example) : undefined;
      if (known !== undefined) return known;
      const position = examples.push(at(own.encoded, k)) - 1;
      if (isShared) shared.set(example, position);
      return position;
    });
    return { train: rows.slice(0, own.train), rows };
  });
  return { inputs, examples, draws };
}

/** The seed of a part's draw. */
export const seedOfDraw = ({ data }: KernelInputs): number => at(data.draws, 0).seed;

/** The kernels of a draw. */
export function kernelsOfSeed<K extends Pick<DrawKernels, 'seed'>>(draws: readonly K[], seed: number): K {
  return required(
    draws.find((draw) => draw.seed === seed),
    `kernels of draw ${seed}`,
  );
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

/** Whether a block is of no use when all is collected: factors and rows of the training sides. */
export const isOfWorkers = (block: string): boolean => /^(draw-[^/]+\/)?(factors|rows)\//.test(block);

export interface PartsForecast {
  readonly costs: KernelCosts;
  readonly parts: readonly KernelPart[];
  /** Bytes of the process before the run. */
  readonly base: number;
  readonly kinds: readonly ComputedKind[];
  /** For how many workers a plan has units. */
  readonly workers?: number;
}

/** More than one, so that all have ended nearly at once; few, for each has the training sides run again. */
const UNITS_PER_WORKER = 2;

/** Plans every part. Throws {@link UserError} `lm.memory-too-small`. */
export function fitParts(options: PartsForecast, memory: number): readonly FittedPlan[] {
  const { parts, workers = 1 } = options;
  const chunks = Math.ceil((UNITS_PER_WORKER * workers) / parts.length);
  return parts.map((part) => {
    const forecast = forecastOf(options, part);
    return fitPlan({ ...forecast, memory, ...(workers === 1 ? {} : { parts: chunks }) });
  });
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
  const kept = others.reduce((sum, { draws }) => sum + kernelEntries(draws, costs.outputs), 0);
  const { examples, draws } = part;
  return { costs, examples, draws, base: base + 8 * kinds.length * kept, kinds };
}
