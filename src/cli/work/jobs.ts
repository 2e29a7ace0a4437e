/** The runs whose work can be shared, by what `run.json` says they are of: how a worker opens each. */

import type { OpenJob } from './given.ts';

/** Each loads what it needs when it is asked for. */
export const JOBS: ReadonlyMap<string, () => Promise<OpenJob>> = new Map<string, () => Promise<OpenJob>>([
  ['finetune', async () => (await import('./fineTuneJob.ts')).openFineTuneJob],
  ['kernel', async () => (await import('./kernelJob.ts')).openKernelJob],
  ['limit', async () => (await import('./limitJob.ts')).openLimitJob],
  ['regime', async () => (await import('./regimeJob.ts')).openRegimeJob],
  ['transfer', async () => (await import('./transferJob.ts')).openTransferJob],
]);
