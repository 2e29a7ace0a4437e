/** Runs of the kernel regime on a tiny model of random weights, and what two runs of the same have in common. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEngine, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import type { RegimeRunResult } from '../../../../src/lm/node/regime/regimeRecord.ts';
import { runRegime } from '../../../../src/lm/node/regime/regimeRun.ts';
import type { RegimeOptimizer, RegimeRunOptions } from '../../../../src/lm/node/regime/regimeRunOptions.ts';
import { optimizerNamed } from '../../../../src/optimizers/index.ts';
import { filesOf } from '../../../cli/runFolders.ts';

export const optimizerAt = (name: string, learningRate: number): RegimeOptimizer => ({
  ...{ name, optimizer: optimizerNamed(name), settings: {}, learningRate, identity: name },
});

/** Six steps of Adam, looked at after every third, with a checkpoint at every look. */
export function tinyRegime(model: string, out: string, changes: Partial<RegimeRunOptions> = {}) {
  const notices: string[] = [];
  const options: RegimeRunOptions = {
    task: findTask('afinn'),
    model,
    ...{ shots: 4, seeds: [13], limit: 8, parameters: 'all', untie: false },
    optimizers: [optimizerAt('adam', 1e-4)],
    ...{ steps: 6, batch: 4, compared: 4, watchEvery: 3, trainLinear: true, solveKernel: true, checkpointSeconds: 0 },
    ...{ out, version: '1.0.0', threads: 1, memory: 2 ** 31 },
    runtime: nodeRuntime(),
    engine: (threads) => nodeEngine({ threads }),
    onNotice: (text) => void notices.push(text),
    ...changes,
  };
  return { notices, result: () => runRegime(options) };
}

/** The result but for its costs, and the bytes of all that is kept but for manifests, which hold times. */
export async function whatIsSame(folder: string, result: RegimeRunResult) {
  const { seconds, peakBytes, forecastBytes, out, stored, ...found } = result;
  const files = (await filesOf(folder)).filter((path) => !path.endsWith('run.json'));
  const digests = files.map(async (path) => {
    const bytes = await readFile(join(folder, path));
    return [path, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return { found, files: Object.fromEntries(await Promise.all(digests)) };
}
