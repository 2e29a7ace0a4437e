/** The runs whose work can be shared, by what `run.json` says they are of: how a worker opens each. */

import type { OpenJob } from './given.ts';

/** Each loads what it needs when it is asked for. */
export const JOBS: ReadonlyMap<string, () => Promise<OpenJob>> = new Map<string, () => Promise<OpenJob>>([
  ['kernel', async () => (await import('./kernelJob.ts')).openKernelJob],
  ['limit', async () => (await import('./limitJob.ts')).openLimitJob],
  ['transfer', async () => (await import('./transferJob.ts')).openTransferJob],
]);
