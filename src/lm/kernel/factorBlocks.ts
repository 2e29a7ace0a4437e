/** What is multiplied of a stage's gradients, as a block: factors of matrices and dense gradients, in f32 as they were computed. */

import { required } from '../../errors/index.ts';
import type { StageGradients, StagePrograms } from '../../finite/index.ts';
import { type Axis, gradientName, nodeOf, type Program, type Tensor } from '../../program/index.ts';
import { type KernelStore, readTensors, writeTensors } from './blockStore.ts';

const [INPUT, COTANGENT, DENSE] = ['input', 'cotangent', 'dense'];
const nameOf = (batch: number, kind: string, place: number): string => `${batch}.${kind}.${place}`;

/** Stores the factors of a chunk's gradients, by batch. */
export async function writeFactors(
  store: KernelStore,
  block: string,
  gradients: ReadonlyMap<number, StageGradients>,
): Promise<void> {
  const tensors: Record<string, Tensor> = {};
  for (const [batch, { matrices, dense }] of gradients) {
    matrices.forEach(({ input, cotangent }, place) => {
      tensors[nameOf(batch, INPUT, place)] = input;
      tensors[nameOf(batch, COTANGENT, place)] = cotangent;
    });
    dense.forEach((gradient, place) => {
      tensors[nameOf(batch, DENSE, place)] = gradient;
    });
  }
  await writeTensors(store, block, tensors);
}

/** The gradients of some batches as far as they are multiplied. Throws {@link UserError} `lm.block-gone`. */
export async function readFactors(
  store: KernelStore,
  programs: StagePrograms,
  block: string,
  batches: readonly number[],
): Promise<Map<number, StageGradients>> {
  const stored = await readTensors(store, block);
  const { backward, orders } = programs;
  return new Map(
    batches.map((batch) => {
      const tensor = (kind: string, place: number, output: string): Tensor => {
        const found = required(stored[nameOf(batch, kind, place)], `${kind} ${place} of batch ${batch} in ${block}`);
        return Object.assign({ axes: orders[output] ?? axesOf(backward, output) }, found);
      };
      const matrices = programs.matrices.map(({ input, cotangent }, place) => ({
        input: tensor(INPUT, place, input),
        cotangent: tensor(COTANGENT, place, cotangent),
      }));
      const dense = programs.dense.map((local, place) => tensor(DENSE, place, gradientName(local)));
      return [batch, { matrices, dense, rows: [], cotangents: {}, output: undefined }];
    }),
  );
}

/** The axes of a program's output. */
function axesOf(program: Program, name: string): readonly Axis[] {
  const output = required(
    program.outputs.find((one) => one.name === name),
    `output "${name}"`,
  );
  return nodeOf(program, output.value).type.axes;
}
