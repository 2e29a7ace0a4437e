/** The run folder of a limit: every sampling and every network is a block, so that what is interrupted goes on. */

import { availableParallelism } from 'node:os';
import { nodeRuntime } from '../../finite/node/index.ts';
import type { Keep } from '../../kets/index.ts';
import { type BlockStore, type JsonObject, openRun, type RunFolder } from '../../runs/index.ts';

/** The page in a folder. */
export const REPORT = 'report.html';

/** Opens the folder, or goes on in it. Throws as {@link openRun}. */
export function openLimitFolder(
  folder: string,
  identity: JsonObject,
  onNotice: (text: string) => void,
): Promise<RunFolder<null>> {
  const origin = { engine: nodeRuntime(), threads: availableParallelism() };
  return openRun({ folder, identity, plan: () => null, origin, onNotice });
}

/** Parts of the computation as blocks of a run folder, which checks them against damage. */
export function keepIn(folder: Pick<BlockStore, 'read' | 'write'>): Keep {
  return async <Kept>(name: string, compute: () => Promise<Kept>): Promise<Kept> => {
    const known = await folder.read(name);
    if (known !== undefined) return decoded<Kept>(known);
    const bytes = new TextEncoder().encode(JSON.stringify(await compute(), asWord));
    await folder.write(name, [bytes]);
    // As a later start reads it, so that both end in the same bytes.
    return decoded<Kept>(bytes);
  };
}

/** Numbers that JSON has no word for. */
const WORDS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const asWord = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** What the caller has kept under this name before. */
const decoded = <Kept>(bytes: Uint8Array): Kept =>
  JSON.parse(new TextDecoder().decode(bytes), (_, value: unknown) => WORDS.get(value) ?? value) as Kept;
