/** A run whose work is squares, for tests of workers within one process. */

import { join } from 'node:path';
import { createBlockStore } from '../../../src/runs/blockStore.ts';
import { nodeFiles } from '../../../src/runs/files.ts';
import { openRun } from '../../../src/runs/runFolder.ts';
import { openWork } from '../../../src/runs/work/command.ts';
import type { WorkJob, WorkUnit } from '../../../src/runs/work/job.ts';
import { temporaryFolder } from '../../support/folders.ts';

export const UNITS = 12;
const units: readonly WorkUnit[] = Array.from({ length: UNITS }, (_, k) => ({
  name: `square-${k}`,
  blocks: [`squares/${k}`],
  work: 1,
}));

/** A run folder that is open to workers. */
export async function openToyRun(): Promise<string> {
  const run = join(await temporaryFolder({}), 'run');
  const folder = await openRun({ folder: run, identity: { job: 'toy' }, plan: () => null });
  await openWork(run, { arguments: ['toy'], folder: '/', units: UNITS });
  await folder.close();
  return run;
}

/** The work of the run; `during` is called amid each unit. */
export function toyJob(
  run: string,
  during: (unit: WorkUnit) => Promise<void> = async () => {},
  together = false,
): WorkJob & { readonly calls: string[][] } {
  const store = createBlockStore({ files: nodeFiles, run, notify: () => {} });
  const calls: string[][] = [];
  return {
    units,
    together,
    calls,
    compute: async (wanted, over) => {
      calls.push(wanted.map(({ name }) => name));
      for (const unit of wanted) {
        await during(unit);
        const k = units.indexOf(unit);
        await store.write(`squares/${k}`, [Uint8Array.of(k * k)]);
        await over(unit);
      }
    },
    close: async () => {},
  };
}

/** What the run's blocks hold, undefined where there is none. */
export async function squares(run: string): Promise<readonly (number | undefined)[]> {
  const store = createBlockStore({ files: nodeFiles, run, notify: () => {} });
  return Promise.all(units.map(async ({ blocks: [block = ''] }) => (await store.read(block))?.[0]));
}

export const ALL = units.map((_, k) => (k * k) % 256);
