/** Kernels as the sums of their blocks. */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import { globalName } from '../../program/index.ts';
import { readTensors } from './blockStore.ts';
import { blockKind, kernelBlock, logitsBlock, tablesBlock } from './kernelBlocks.ts';
import { type ComputedKind, isSymmetric } from './kernelKinds.ts';
import type { EmpiricalKernels, KernelsOptions, LayerKernel } from './kernelOptions.ts';
import { batchOf, membersOf } from './kernelPlan.ts';
import { KernelSum } from './kernelSum.ts';
import type { KernelParts } from './kernelTables.ts';
import { layerNames, stageLayers } from './layers.ts';

/** Adds up all blocks, stage by stage in a fixed order; `sizes` are those of the net's parameters. */
export async function assembleKernels(
  options: KernelsOptions,
  parts: KernelParts,
  sizes: ReadonlyMap<string, number>,
): Promise<EmpiricalKernels> {
  const { outputs, kinds, selected = () => true } = options;
  const { programs } = parts;
  const kernels = new Map<ComputedKind, Float64Array>();
  const layers = new Map<ComputedKind, readonly LayerKernel[]>();
  for (const kind of kinds) {
    const sums = await kernelSums(kind, options, parts);
    kernels.set(kind, sums.whole);
    layers.set(kind, sums.layers);
  }
  const evaluated = kernels.get('a-signgd-evaluated');
  if (evaluated !== undefined)
    transposeTraining(required(kernels.get('a-signgd'), 'kernel a-signgd'), evaluated, options);
  const parameters = [...sizes].filter(([name]) => selected(name));
  return {
    logits: await logitsOf(options, parts),
    classes: outputs.weights.length / outputs.outputs,
    outputs: outputs.outputs,
    kernels,
    ...(options.byLayer === true ? { layers } : {}),
    parameters: parameters.map(([name]) => name),
    parameterCount: parameters.reduce((total, [, numbers]) => total + numbers, 0),
    zero: programs.stages.flatMap(({ stage, zero }) =>
      zero.map(({ parameter, reason }) => ({ parameter: globalName(stage, parameter), reason })),
    ),
  };
}

/** The whole kernel, and where asked for what each layer adds to it. */
interface KernelSums {
  readonly whole: Float64Array;
  readonly layers: readonly LayerKernel[];
}

async function kernelSums(kind: ComputedKind, options: KernelsOptions, parts: KernelParts): Promise<KernelSums> {
  const { programs, plan, work, store } = parts;
  const { examples, train, outputs, byLayer = false } = options;
  const name = blockKind(kind, options);
  const empty = (): KernelSum => new KernelSum(examples.length, train, outputs.outputs);
  const sum = empty();
  const layers = new Map(byLayer ? layerNames(programs).map((layer) => [layer, empty()]) : []);
  const layerSum = (layer: string): KernelSum => required(layers.get(layer), `sum of layer "${layer}"`);
  for (const stage of [...programs.stages.keys()].reverse()) {
    const own = byLayer ? stageLayers(required(programs.stages[stage], `stage ${stage}`), stage) : [];
    const only = own.length === 1 ? own[0] : undefined;
    for (const [group, chunk] of work.kernelBlocks(stage)) {
      if (!work.kindsOf(chunk).includes(kind)) continue;
      const stored = await readTensors(store, kernelBlock(name, stage, group, chunk));
      for (const [pair, { data }] of Object.entries(stored)) {
        const [row, column, part] = pair.split('.').map(Number);
        const [r, c] = [required(row, `row of block "${pair}"`), required(column, `column of block "${pair}"`)];
        const mirrored = isSymmetric(kind) && chunk < plan.trainChunks && r !== c;
        const block = { rows: batchOf(plan, r).members, columns: batchOf(plan, c).members, data, mirrored };
        if (part === undefined) sum.add(block);
        const layer = part === undefined ? only : required(own[part], `layer of block "${pair}"`);
        if (layer !== undefined) layerSum(layer.name).add(block);
      }
    }
  }
  if (work.hasTables()) {
    const columns = Array.from({ length: plan.trainChunks }, (_, chunk) => membersOf(plan, chunk)).flat();
    for (const chunk of plan.chunks.keys()) {
      if (!work.kindsOf(chunk).includes(kind)) continue;
      const { kernel: whole, ...byName } = await readTensors(store, tablesBlock(name, chunk));
      const rows = membersOf(plan, chunk);
      sum.add({ rows, columns, data: required(whole, 'kernel of tables').data, mirrored: false });
      if (!byLayer) continue;
      for (const [layer, { data }] of Object.entries(byName)) {
        layerSum(layer).add({ rows, columns, data, mirrored: false });
      }
    }
  }
  return { whole: sum.kernel, layers: [...layers].map(([layer, own]) => ({ layer, kernel: own.kernel })) };
}

/** Fills the rows of training examples from the kernel that is signed on the training side. */
function transposeTraining(
  kernel: Float64Array,
  evaluated: Float64Array,
  { train, outputs: { outputs } }: KernelsOptions,
): void {
  const width = train.length * outputs;
  const line = (column: number): number => {
    const example = required(train[Math.floor(column / outputs)], 'training example of a column');
    return example * outputs + (column % outputs);
  };
  for (let a = 0; a < width; a++) {
    const own = line(a) * width;
    for (let b = 0; b < width; b++) evaluated[own + b] = entry(kernel, line(b) * width + a);
  }
}

async function logitsOf({ examples, outputs }: KernelsOptions, { plan, store }: KernelParts): Promise<Float64Array> {
  const classes = outputs.weights.length / outputs.outputs;
  const logits = new Float64Array(examples.length * classes);
  for (const chunk of plan.chunks.keys()) {
    const stored = await readTensors(store, logitsBlock(chunk));
    for (const [batch, { data }] of Object.entries(stored)) {
      batchOf(plan, Number(batch)).members.forEach((member, b) => {
        logits.set(data.subarray(b * classes, (b + 1) * classes), member * classes);
      });
    }
  }
  return logits;
}
