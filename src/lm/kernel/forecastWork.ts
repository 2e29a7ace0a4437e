/** How much a kernel run multiplies, and how fast that goes here. */

import { required } from '../../errors/index.ts';
import type { Engine } from '../../finite/index.ts';
import { build, fixed } from '../../program/index.ts';

import type { KernelCosts } from './kernelCosts.ts';
import { type ComputedKind, isTransposed } from './kernelKinds.ts';
import { type KernelPlan, plannedProducts } from './kernelPlan.ts';
import type { BlockSize } from './productBlocks.ts';
import { cheapestForm, explicitCost } from './productForms.ts';
import { isSignKind, usedOnce } from './singlePlaces.ts';
import { pairsOf } from './stageProducts.ts';
import type { StageWork } from './stageWork.ts';
import type { TileKind } from './tileProducts.ts';

/** Products that the speed is measured on; the first one compiles, and others may run beside. */
const SPEED_RUNS = 6;

/**
 * What one pair of numbers of two gradients costs beyond SGD, in multiplications of a product of the same lines: CPU time by
 * `bench/kernel/pairCosts.ts`, from 64 × 32 to 192 × 192 lines (signs 1.0 to 1.2, signs of one side 1.4 to 1.9, weights 1.4
 * to 1.9). Reading signs and weighing numbers is in it.
 */
const PAIR_COST: Readonly<Record<Exclude<ComputedKind, 'sgd'>, number>> = {
  signgd: 1.1,
  'a-signgd': 1.7,
  'a-signgd-evaluated': 1.7,
  adam: 1.5,
};

/** The share of the speed of large matrix products that a whole run reaches. */
const EFFICIENCY = 0.65;

/** The time of so many multiplications, where large products make `speed` of them in a second. */
export const secondsOf = (work: number, speed: number): number => work / (EFFICIENCY * speed);

/** Multiplications of a run: each stage forward, backward and its products of gradients; those of tables are few. */
export function forecastWork(costs: KernelCosts, plan: KernelPlan, kinds: readonly ComputedKind[] = ['sgd']): number {
  const batches = plan.batches.map(({ members, time }) => ({ examples: members.length, stages: costs.work(time) }));
  const last = costs.stageBytes.length - 1;
  const known = new Map<StageWork | undefined, number>();
  let total = 0;
  for (let k = 0; k <= last; k++) {
    // Stages of one program share what is counted of them.
    const key = batches[0]?.stages[k];
    const stage = known.get(key) ?? stageTotal(k);
    known.set(key, stage);
    total += stage;
  }
  return total;

  function stageTotal(k: number): number {
    const workOf = (list: readonly number[]): BatchWork[] =>
      list.map((batch) => {
        const { examples, stages } = required(batches[batch], `batch ${batch}`);
        return { examples, work: required(stages[k], `work of stage ${k}`) };
      });
    const chunks = plan.chunks.map(workOf);
    const passes = (chunk: readonly BatchWork[], count: (work: StageWork) => number): number =>
      chunk.reduce((sum, { examples, work }) => sum + examples * count(work), 0);
    let sum = 0;
    chunks.forEach((chunk, c) => {
      if (k < last) sum += passes(chunk, ({ forward }) => forward);
      const multiplies = chunk.some(({ work }) => work.multiplies);
      const groups = multiplies ? Math.min(c + 1, plan.trainChunks) : 0;
      const products = Array.from({ length: groups }, (_, group) => plannedProducts(plan, group, c));
      // A chunk is run for each chunk of the training side that it is multiplied with; what was kept serves once.
      const runs = Math.max(1, products.filter((own) => own.length > 0).length);
      const kept = plan.keepActivations && k < last;
      sum += passes(chunk, ({ backward, after }) => (kept ? after + (runs - 1) * backward : runs * backward));
      for (const { columns, rows } of products.flat()) {
        const setting = { outputs: costs.outputs, kinds, turned: c < plan.trainChunks };
        sum += productWork(workOf(columns), workOf(rows), setting);
      }
    });
    return sum;
  }
}

/** Of these multiplications, those of the kernel that is signed on the evaluated side; 0 where it is not among the kinds. */
export function secondKernelWork(costs: KernelCosts, plan: KernelPlan, kinds: readonly ComputedKind[]): number {
  const others = kinds.filter((kind) => !isTransposed(kind));
  if (others.length === kinds.length) return 0;
  return forecastWork(costs, plan, kinds) - forecastWork(costs, plan, others);
}

/** A batch with what one of its examples multiplies in a stage. */
interface BatchWork {
  readonly examples: number;
  readonly work: StageWork;
}

interface ProductSetting {
  readonly outputs: number;
  readonly kinds: readonly ComputedKind[];
  /** Whether the rows are the training side's too. */
  readonly turned: boolean;
}

function productWork(
  columns: readonly BatchWork[],
  rows: readonly BatchWork[],
  { outputs, kinds, turned }: ProductSetting,
): number {
  const batches = [...columns, ...rows];
  const pairs = pairsOf(columns.length, rows.length);
  const lines = (k: number): number => required(batches[k], `batch ${k}`).examples * outputs;
  const work = required(batches[0], 'batch').work;
  const dense = pairs.reduce((sum, [r, c]) => sum + lines(r) * lines(c) * (work.dense / outputs), 0);
  const all = (list: readonly BatchWork[]): number => list.reduce((sum, { examples }) => sum + examples * outputs, 0);
  const linePairs = all(columns) * all(rows.length === 0 ? columns : rows);
  const further = kinds.filter((kind): kind is TileKind => kind !== 'sgd');
  /** Multiplications for one entry of every line. */
  const pairsOfKinds = (some: readonly TileKind[]): number =>
    some.reduce((sum, kind) => sum + productsOf(kind, turned, rows.length > 0) * linePairs * PAIR_COST[kind], 0);
  const plain = kinds.includes('sgd');
  return work.matrices.reduce(
    (sum, matrix, m) => {
      const blocks = batches.map(({ examples, work: { matrices } }): BlockSize => {
        const { places } = required(matrices[m], `matrix ${m}`);
        return { examples, places };
      });
      const { form, cost } = cheapestForm(blocks, pairs, outputs, matrix);
      // Gradients are written out for other kernels, if not for SGD's.
      const shared = plain && form === 'explicit';
      const strips = usedOnce(blocks) ? further.filter((kind) => !isSignKind(kind)) : further;
      const written = strips.length === 0 || shared ? 0 : explicitCost(blocks, [], outputs, matrix);
      const size = matrix.rows * matrix.columns;
      // Signs of a matrix that is used once are multiplied by factor, that of its inputs for all outputs together.
      const numbers = matrix.rows + matrix.columns / outputs ** 2;
      const factors = pairsOfKinds(further.filter((kind) => !strips.includes(kind))) * numbers;
      return sum + (plain ? cost : 0) + written + size * pairsOfKinds(strips) + factors;
    },
    (plain ? dense : 0) + (work.dense / outputs) * pairsOfKinds(further),
  );
}

/** How often a kernel multiplies all rows with all columns. */
function productsOf(kind: ComputedKind, turned: boolean, hasRows: boolean): number {
  if (kind === 'a-signgd') return turned && hasRows ? 2 : 1;
  return isTransposed(kind) && turned ? 0 : 1;
}

/** Multiplications in a second, measured on products of the size of a block's. */
export async function measureSpeed(engine: Engine): Promise<number> {
  const b = build('speed', { row: fixed(), column: fixed(), entry: fixed() });
  const left = b.input('left', ['row', 'entry']);
  b.output('product', b.contract(left, b.input('right', ['column', 'entry']), ['entry']));
  const program = b.finish();
  const [rows, columns, size] = [512, 1536, 384];
  const feeds = {
    left: { axes: ['row', 'entry'], shape: [rows, size], data: new Float32Array(rows * size).fill(0.5) },
    right: { axes: ['column', 'entry'], shape: [columns, size], data: new Float32Array(columns * size).fill(0.5) },
  };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < SPEED_RUNS; run++) {
    const started = performance.now();
    await engine.run(program, feeds);
    best = Math.min(best, performance.now() - started);
  }
  return (rows * columns * size) / (best / 1000);
}
