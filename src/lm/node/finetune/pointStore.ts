/** The trainings of a run in its folder: results as blocks, checkpoints of the one at work, weights of the best so far. */

import type { Tensors } from '../../../program/index.ts';
import type { BlockStore } from '../../../runs/index.ts';
import { decodeMetadata, decodeTensors, encodeTensors } from '../../../runs/tensors/index.ts';
import type { CheckpointStore } from '../../../training/index.ts';
import type { GridPoint } from '../../finetune/grid.ts';
import { storedWeights, weightsIn } from '../../finetune/storedWeights.ts';
import type { PointRecord } from './fineTuneRecord.ts';

type Blocks = Pick<BlockStore, 'has' | 'read' | 'write' | 'remove'>;

/** A point as names of blocks have it. */
export const pointName = ({ batch, rate }: GridPoint): string => `batch-${batch}-rate-${rate}`;

/** Whether a block is of a training that is under way. */
export const isOfTraining = (block: string): boolean => /\/(checkpoint|best)$/.test(block);

/** The blocks that a draw which is trained at these points has. */
export const blocksOfDraw = (seed: number, points: readonly GridPoint[]): string[] => [
  ...points.map((point) => resultBlock(seed, point)),
  weightsBlock(seed),
];

const ofPoint = (seed: number, point: GridPoint): string => `draw-${seed}/${pointName(point)}`;
const resultBlock = (seed: number, point: GridPoint): string => `${ofPoint(seed, point)}/result`;
const weightsBlock = (seed: number): string => `draw-${seed}/weights`;

/** Stores tensors as one block, which its folder checks against damage. */
export function tensorBlock(blocks: Blocks, block: string): CheckpointStore {
  return {
    name: `block ${block}`,
    read: async () => {
      const bytes = await blocks.read(block);
      if (bytes === undefined) return undefined;
      return { tensors: decodeTensors(bytes, block), metadata: decodeMetadata(bytes, block) };
    },
    write: ({ tensors, metadata }) => blocks.write(block, encodeTensors(tensors, metadata)),
  };
}

/** Where the training at work keeps its checkpoints. */
export function pointCheckpoints(blocks: Blocks, seed: number, point: GridPoint) {
  const names = { store: `${ofPoint(seed, point)}/checkpoint`, best: `${ofPoint(seed, point)}/best` };
  const best = tensorBlock(blocks, names.best);
  const store = tensorBlock(blocks, names.store);
  return {
    best,
    // Without its best state a training does not go on: it may be the result.
    store: { ...store, read: async () => ((await blocks.has(names.best)) ? store.read() : undefined) },
    remove: async () => {
      await blocks.remove(names.store);
      await blocks.remove(names.best);
    },
  };
}

/** The result of a training that is done. */
export async function readPoint(blocks: Blocks, seed: number, point: GridPoint): Promise<PointRecord | undefined> {
  const bytes = await blocks.read(resultBlock(seed, point));
  // As `writePoint` wrote it; the folder checks it against damage.
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as PointRecord);
}

export function writePoint(blocks: Blocks, record: PointRecord): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  return blocks.write(resultBlock(record.seed, record), [bytes]);
}

export const removePoint = (blocks: Blocks, seed: number, point: GridPoint): Promise<void> =>
  blocks.remove(resultBlock(seed, point));

/** Keeps the trained parameters of a draw's best point. */
export function writeWeights(blocks: Blocks, seed: number, point: GridPoint, weights: Tensors): Promise<void> {
  return tensorBlock(blocks, weightsBlock(seed)).write(storedWeights(weights, { point: pointName(point) }));
}

/** The trained parameters of a draw, where they are those of this point. */
export async function readWeights(blocks: Blocks, seed: number, point: GridPoint): Promise<Tensors | undefined> {
  const stored = await tensorBlock(blocks, weightsBlock(seed)).read();
  return stored?.metadata.point === pointName(point) ? weightsIn(stored) : undefined;
}
