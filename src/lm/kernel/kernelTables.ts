/** The tables' part of kernels, from the rows of gradients that stages have stored. */

import { required } from '../../errors/index.ts';
import type { ChainPrograms } from '../../finite/index.ts';
import { globalName } from '../../program/index.ts';
import { tableWeights } from './adamWeights.ts';
import { type KernelStore, readTensors, writeTensors } from './blockStore.ts';
import { blockKind, rowsBlock, tablesBlock } from './kernelBlocks.ts';
import { rowForms } from './kernelForms.ts';
import type { ComputedKind } from './kernelKinds.ts';
import type { KernelsOptions } from './kernelOptions.ts';
import { batchOf, chunkOf, type KernelPlan, membersOf } from './kernelPlan.ts';
import { BATCH, OUTPUT } from './kernelPrograms.ts';
import type { KernelWork } from './kernelWork.ts';
import { addRows, type SparseRows, tableProducts } from './sparseRows.ts';

/** What the parts of a computation share. */
export interface KernelParts {
  readonly programs: ChainPrograms;
  readonly plan: KernelPlan;
  readonly work: KernelWork;
  readonly store: KernelStore;
}

/** Computes the blocks of tables that are missing. */
export async function kernelTables(options: KernelsOptions, parts: KernelParts): Promise<void> {
  const { programs, plan, work, store } = parts;
  const chunks = work.tables();
  if (chunks.size === 0) return;
  const { engine, outputs } = options;
  const size = outputs.outputs;
  const train = Array.from({ length: plan.trainChunks }, (_, chunk) => chunk);
  const columns = await Promise.all(train.map((chunk) => storedTableRows(parts, chunk)));
  const columnMembers = train.flatMap((chunk) => membersOf(plan, chunk));
  for (const [chunk, kinds] of chunks) {
    const rows = columns[chunk] ?? (await storedTableRows(parts, chunk));
    const members = membersOf(plan, chunk);
    const shape = [members.length * size, columnMembers.length * size];
    for (const kind of kinds) {
      const total = new Float64Array(members.length * columnMembers.length * size ** 2);
      for (const [table, left] of rows) {
        const right = columns.flatMap((byTable) => byTable.get(table) ?? []);
        const forms = rowForms(kind, size, await momentsWeights(kind, table, options, programs));
        await tableProducts(engine, total, left, right, size, forms);
      }
      await writeTensors(store, tablesBlock(blockKind(kind, options), chunk), { kernel: { shape, data: total } });
    }
    work.advance('tables', members.length);
  }
  for (const stage of programs.stages.keys()) {
    for (const chunk of plan.chunks.keys()) await store.remove(rowsBlock(stage, chunk));
  }
}

/** Weights of a table's entries, of the kernel of Adam. */
async function momentsWeights(
  kind: ComputedKind,
  table: string,
  { secondMoments }: KernelsOptions,
  { stages }: ChainPrograms,
): Promise<Float32Array | undefined> {
  if (kind !== 'adam' || secondMoments === undefined) return undefined;
  for (const programs of stages) {
    const rows = programs.rows.find(({ local }) => globalName(programs.stage, local) === table);
    if (rows !== undefined) return tableWeights(secondMoments, programs, rows);
  }
  return undefined;
}

/** Rows of every table for a chunk's examples, all stages' uses together. */
async function storedTableRows(
  { programs, plan, work, store }: KernelParts,
  chunk: number,
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
