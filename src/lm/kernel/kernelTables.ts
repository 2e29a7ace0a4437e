/** The tables' part of kernels, from the rows of gradients that stages have stored. */

import { required } from '../../errors/index.ts';
import type { ChainPrograms } from '../../finite/index.ts';
import { at, entry } from '../../numeric/index.ts';
import { globalName } from '../../program/index.ts';
import { tableWeights } from './adamWeights.ts';
import { type KernelStore, readTensors, writeTensors } from './blockStore.ts';
import { blockKind, rowsBlock, tablesBlock, tablesName } from './kernelBlocks.ts';
import { rowForms } from './kernelForms.ts';
import { type ComputedKind, isLinear } from './kernelKinds.ts';
import type { DrawsOptions } from './kernelOptions.ts';
import { batchOf, chunkOf, type KernelPlan, membersOf, membersWith, trainingMembers } from './kernelPlan.ts';
import { BATCH, OUTPUT } from './kernelPrograms.ts';
import type { KernelWork } from './kernelWork.ts';
import { layerOf } from './layers.ts';
import { addRows, type SparseRows, tableProducts } from './sparseRows.ts';

/** What the parts of a computation share. */
export interface KernelParts {
  readonly programs: ChainPrograms;
  readonly plan: KernelPlan;
  readonly work: KernelWork;
  readonly store: KernelStore;
}

/** Computes the blocks of tables that are missing. */
export async function kernelTables(options: DrawsOptions, parts: KernelParts): Promise<void> {
  const { programs, plan, work, store } = parts;
  const chunks = work.tables();
  if (chunks.size === 0) return;
  const { engine, outputs, draws, byLayer = false } = options;
  const size = outputs.outputs;
  const train = Array.from({ length: plan.trainChunks }, (_, chunk) => chunk);
  const columns = await Promise.all(train.map((chunk) => tableRowsOf(parts, chunk)));
  /** Examples of some chunks' rows of a table, those that a draw multiplies. */
  const ofDraw = (draw: number, chunk: number, rows: readonly SparseRows[]): readonly SparseRows[] => {
    const own = new Set(membersWith(plan, chunk, draw));
    return rows.filter((_, k) => own.has(at(membersOf(plan, chunk), k)));
  };
  for (const [chunk, kinds] of chunks) {
    const rows = columns[chunk] ?? (await tableRowsOf(parts, chunk));
    for (const kind of kinds) {
      const layers = byLayer ? await rowsByLayer(parts, chunk, kind) : undefined;
      const tensors: Record<string, TableProducts> = {};
      for (const draw of draws.keys()) {
        const [lines, width] = [membersWith(plan, chunk, draw).length, trainingMembers(plan, draw).length];
        if (lines === 0) continue;
        const shape = [lines * size, width * size];
        const productsOf = async (tables: ReadonlyMap<string, SparseRows[]>): Promise<TableProducts> => {
          const total = new Float64Array(lines * width * size ** 2);
          for (const [table, left] of tables) {
            const right = columns.flatMap((byTable, group) => ofDraw(draw, group, byTable.get(table) ?? []));
            const forms = rowForms(kind, size, await momentsWeights(kind, table, options, programs));
            await tableProducts(engine, total, ofDraw(draw, chunk, left), right, size, forms);
          }
          return { shape, data: total };
        };
        const own: TableProducts[] = [];
        for (const [layer, tables] of layers ?? []) {
          const products = await productsOf(tables);
          own.push(products);
          tensors[tablesName(draw, layer)] = products;
        }
        tensors[tablesName(draw)] = layers === undefined ? await productsOf(rows) : sumOf(own, shape);
      }
      await writeTensors(store, tablesBlock(blockKind(kind, options), chunk), tensors);
    }
    work.advance('tables', membersOf(plan, chunk).length);
  }
  for (const stage of programs.stages.keys()) {
    for (const chunk of plan.chunks.keys()) await store.remove(rowsBlock(stage, chunk));
  }
}

/** Weights of a table's entries, of the kernel of Adam. */
async function momentsWeights(
  kind: ComputedKind,
  table: string,
  { secondMoments }: DrawsOptions,
  { stages }: ChainPrograms,
): Promise<Float32Array | undefined> {
  if (kind !== 'adam' || secondMoments === undefined) return undefined;
  for (const programs of stages) {
    const rows = programs.rows.find(({ local }) => globalName(programs.stage, local) === table);
    if (rows !== undefined) return tableWeights(secondMoments, programs, rows);
  }
  return undefined;
}

interface TableProducts {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function sumOf(parts: readonly TableProducts[], shape: readonly number[]): TableProducts {
  const data = new Float64Array(shape.reduce((size, axis) => size * axis, 1));
  for (const part of parts) for (let k = 0; k < data.length; k++) data[k] = entry(data, k) + entry(part.data, k);
  return { shape, data };
}

/** Rows by the layer that a kernel counts them with: by use where it is linear in the evaluated side's gradient. */
async function rowsByLayer(
  parts: KernelParts,
  chunk: number,
  kind: ComputedKind,
): Promise<Map<string, ReadonlyMap<string, SparseRows[]>>> {
  const layers = new Map<string, Set<string>>();
  const counted = new Set<string>();
  const uses = new Map<string, string>();
  for (const [k, { stage, rows }] of parts.programs.stages.entries()) {
    for (const { local } of rows) {
      const table = globalName(stage, local);
      const layer = layerOf(k, table);
      uses.set(useName(k, table), layer);
      if (!isLinear(kind) && counted.has(table)) continue;
      counted.add(table);
      layers.set(layer, (layers.get(layer) ?? new Set()).add(table));
    }
  }
  const found = new Map<string, ReadonlyMap<string, SparseRows[]>>();
  for (const [layer, tables] of layers) {
    const counts = (k: number, table: string): boolean =>
      tables.has(table) && (!isLinear(kind) || uses.get(useName(k, table)) === layer);
    found.set(layer, await tableRowsOf(parts, chunk, counts));
  }
  return found;
}

const useName = (stage: number, table: string): string => `${stage} ${table}`;

/** Rows of every table for a chunk's examples, all uses that count together; by default all are. */
export async function tableRowsOf(
  { programs, plan, work, store }: KernelParts,
  chunk: number,
  counts: (stage: number, table: string) => boolean = () => true,
): Promise<Map<string, SparseRows[]>> {
  const tables = new Map<string, SparseRows[]>();
  const members = membersOf(plan, chunk);
  for (const [k, { stage, rows }] of programs.stages.entries()) {
    if (!work.hasRows(k)) continue;
    const stored = await readTensors(store, rowsBlock(k, chunk));
    let start = 0;
    for (const batch of chunkOf(plan, chunk)) {
      const count = batchOf(plan, batch).members.length;
      rows.forEach(({ local, indexAxes, cotangentAxes }, n) => {
        const table = globalName(stage, local);
        if (!counts(k, table)) return;
        const examples = tables.get(table) ?? members.map((): SparseRows => new Map());
        tables.set(table, examples);
        const part = (name: string) => required(stored[`${batch}.${n}.${name}`], `${name} of rows of "${table}"`);
        const index = { ...part('index'), axes: indexAxes };
        const cotangent = { ...part('cotangent'), axes: cotangentAxes };
        addRows({ index, cotangent, batch: BATCH, output: OUTPUT }, examples.slice(start, start + count));
      });
      start += count;
    }
  }
  return tables;
}
