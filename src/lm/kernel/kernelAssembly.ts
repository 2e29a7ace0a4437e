/** Kernels as the sums of their blocks. */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import { globalName } from '../../program/index.ts';
import { readTensors } from './blockStore.ts';
import type { DrawSides } from './drawSides.ts';
import { blockKind, kernelBlock, logitsBlock, tablesBlock, tablesName } from './kernelBlocks.ts';
import { type ComputedKind, isSymmetric } from './kernelKinds.ts';
import type { DrawsOptions, EmpiricalKernels, LayerKernel } from './kernelOptions.ts';
import { batchOf, drawOfBatch, membersWith, trainingMembers } from './kernelPlan.ts';
import { KernelSum } from './kernelSum.ts';
import type { KernelParts } from './kernelTables.ts';
import { layerNames, stageLayers } from './layers.ts';

/** Adds up all blocks, stage by stage in a fixed order, to each draw's kernels; `sizes` are those of the net's parameters. */
export async function assembleKernels(
  options: DrawsOptions,
  parts: KernelParts,
  sizes: ReadonlyMap<string, number>,
): Promise<EmpiricalKernels[]> {
  const { outputs, kinds, draws, selected = () => true, byLayer = false } = options;
  const { programs } = parts;
  const found = new Map<ComputedKind, readonly KernelSums[]>();
  for (const kind of kinds) found.set(kind, await kernelSums(kind, options, parts));
  const logits = await logitsOf(options, parts);
  const parameters = [...sizes].filter(([name]) => selected(name));
  const taken = new Set(parameters.map(([name]) => name));
  return draws.map((sides, draw): EmpiricalKernels => {
    const own = [...found].map(
      ([kind, sums]) => [kind, required(sums[draw], `kernel ${kind} of draw ${draw}`)] as const,
    );
    const kernels = new Map(own.map(([kind, { whole }]) => [kind, whole]));
    const evaluated = kernels.get('a-signgd-evaluated');
    if (evaluated !== undefined) {
      transposeTraining(required(kernels.get('a-signgd'), 'kernel a-signgd'), evaluated, sides, outputs.outputs);
    }
    return {
      logits: required(logits[draw], `logits of draw ${draw}`),
      classes: outputs.weights.length / outputs.outputs,
      outputs: outputs.outputs,
      kernels,
      ...(byLayer ? { layers: new Map(own.map(([kind, { layers }]) => [kind, layers])) } : {}),
      parameters: parameters.map(([name]) => name),
      parameterCount: parameters.reduce((total, [, numbers]) => total + numbers, 0),
      zero: [
        ...programs.stages.flatMap(({ stage, zero }) =>
          zero.map(({ parameter, reason }) => ({ parameter: globalName(stage, parameter), reason })),
        ),
        ...(options.model.net.zeroEntries ?? []).filter(({ parameter }) => taken.has(parameter)),
      ],
    };
  });
}

/** The whole kernel of a draw, and where asked for what each layer adds to it. */
interface KernelSums {
  readonly whole: Float64Array;
  readonly layers: readonly LayerKernel[];
}

/** By draw. */
async function kernelSums(kind: ComputedKind, options: DrawsOptions, parts: KernelParts): Promise<KernelSums[]> {
  const { programs, plan, work, store } = parts;
  const { draws, outputs, byLayer = false } = options;
  const name = blockKind(kind, options);
  const sums = draws.map((sides) => new DrawSum(sides, outputs.outputs, byLayer ? layerNames(programs) : []));
  const sumOf = (draw: number | null): DrawSum => required(sums[draw ?? Number.NaN], `sum of draw ${draw}`);
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
        const sum = sumOf(drawOfBatch(plan, c));
        if (part === undefined) sum.whole.add(block);
        const layer = part === undefined ? only : required(own[part], `layer of block "${pair}"`);
        if (layer !== undefined) sum.layer(layer.name).add(block);
      }
    }
  }
  for (const chunk of work.hasTables() ? plan.chunks.keys() : []) {
    if (!work.kindsOf(chunk).includes(kind)) continue;
    const stored = await readTensors(store, tablesBlock(name, chunk));
    for (const [draw, sum] of sums.entries()) {
      const rows = membersWith(plan, chunk, draw);
      if (rows.length === 0) continue;
      const columns = trainingMembers(plan, draw);
      const block = (layer?: string) => {
        const { data } = required(stored[tablesName(draw, layer)], `kernel of tables of draw ${draw}`);
        return { rows, columns, data, mirrored: false };
      };
      sum.whole.add(block());
      for (const layer of byLayer ? sum.layers.keys() : []) {
        if (stored[tablesName(draw, layer)] !== undefined) sum.layer(layer).add(block(layer));
      }
    }
  }
  return sums.map(({ whole, layers }) => ({
    whole: whole.kernel,
    layers: [...layers].map(([layer, own]) => ({ layer, kernel: own.kernel })),
  }));
}

/** The sums of one draw: its kernel, and what the layers add to it. */
class DrawSum {
  readonly whole: KernelSum;
  readonly layers: ReadonlyMap<string, KernelSum>;

  constructor(sides: DrawSides, outputs: number, layers: readonly string[]) {
    this.whole = new KernelSum(sides, outputs);
    this.layers = new Map(layers.map((layer) => [layer, new KernelSum(sides, outputs)]));
  }

  layer(name: string): KernelSum {
    return required(this.layers.get(name), `sum of layer "${name}"`);
  }
}

/** Fills the rows of training examples from the kernel that is signed on the training side. */
function transposeTraining(
  kernel: Float64Array,
  evaluated: Float64Array,
  { train, rows }: DrawSides,
  outputs: number,
): void {
  const width = train.length * outputs;
  const places = new Map(rows.map((member, k) => [member, k]));
  const line = (column: number): number => {
    const example = required(train[Math.floor(column / outputs)], 'training example of a column');
    return required(places.get(example), 'row of a training example') * outputs + (column % outputs);
  };
  for (let a = 0; a < width; a++) {
    const own = line(a) * width;
    for (let b = 0; b < width; b++) evaluated[own + b] = entry(kernel, line(b) * width + a);
  }
}

/** By draw. */
async function logitsOf(
  { draws, examples, outputs }: DrawsOptions,
  { plan, store }: KernelParts,
): Promise<Float64Array[]> {
  const classes = outputs.weights.length / outputs.outputs;
  const all = new Float64Array(examples.length * classes);
  for (const chunk of plan.chunks.keys()) {
    const stored = await readTensors(store, logitsBlock(chunk));
    for (const [batch, { data }] of Object.entries(stored)) {
      batchOf(plan, Number(batch)).members.forEach((member, b) => {
        all.set(data.subarray(b * classes, (b + 1) * classes), member * classes);
      });
    }
  }
  return draws.map(({ rows }) => {
    const own = new Float64Array(rows.length * classes);
    rows.forEach((member, k) => {
      own.set(all.subarray(member * classes, (member + 1) * classes), k * classes);
    });
    return own;
  });
}
