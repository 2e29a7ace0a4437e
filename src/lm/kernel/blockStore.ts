/** Where a kernel's blocks are kept: a run folder, or memory. */

import type { Tensor } from '../../program/index.ts';
import type { BlockStore } from '../../runs/index.ts';
import { decodeTensors, encodeTensors } from '../../runs/tensors/index.ts';
import { blockGone } from './kernelErrors.ts';

/** What the computation of a kernel asks of a store; a run folder is one. */
export type KernelStore = Pick<BlockStore, 'has' | 'read' | 'write' | 'remove'>;

/** Blocks that last as long as the process. */
export function memoryStore(): KernelStore {
  const blocks = new Map<string, readonly Uint8Array[]>();
  return {
    has: async (block) => blocks.has(block),
    read: async (block) => {
      const parts = blocks.get(block);
      return parts === undefined ? undefined : concatenated(parts);
    },
    write: async (block, parts) => {
      blocks.set(block, parts);
    },
    remove: async (block) => {
      blocks.delete(block);
    },
  };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

type Stored = Readonly<Record<string, Pick<Tensor, 'shape' | 'data'>>>;

/** Stores named arrays as one block. */
export async function writeTensors(store: KernelStore, block: string, tensors: Stored): Promise<void> {
  await store.write(block, encodeTensors(tensors));
}

/** The arrays of a block that was there when the work was planned. Throws {@link UserError} `lm.block-gone`. */
export async function readTensors(store: KernelStore, block: string): Promise<Stored> {
  const bytes = await store.read(block);
  if (bytes === undefined) throw blockGone(block);
  return decodeTensors(bytes, `block ${block}`);
}
