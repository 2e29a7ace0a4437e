/** Runs of fine-tunings on a tiny model of random weights, and what two runs of the same have in common. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEngine, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import type { FineTuneRunResult } from '../../../../src/lm/node/finetune/fineTuneRecord.ts';
import { runFineTune } from '../../../../src/lm/node/finetune/fineTuneRun.ts';
import type { FineTuneRunOptions } from '../../../../src/lm/node/finetune/fineTuneRunOptions.ts';
import { optimizerNamed } from '../../../../src/optimizers/index.ts';
import { filesOf } from '../../../cli/runFolders.ts';

/** Two rates and one batch size, six steps each, with a checkpoint at every evaluation. */
export function tinyRun(model: string, out: string, changes: Partial<FineTuneRunOptions> = {}) {
  const notices: string[] = [];
  const options: FineTuneRunOptions = {
    task: findTask('afinn'),
    model,
    ...{ shots: 4, seeds: [13], limit: 40, parameters: 'all', untie: false, save: 'none' },
    ...{ optimizer: optimizerNamed('adam'), settings: {}, optimizerIdentity: 'adam' },
    grid: { batches: [4], rates: [1e-3, 1e-2], extend: false },
    ...{ steps: 6, evaluateEvery: 2, checkpointSeconds: 0 },
    ...{ out, version: '1.0.0', threads: 1, memory: 2 ** 31 },
    runtime: nodeRuntime(),
    engine: (threads) => nodeEngine({ threads }),
    onNotice: (text) => void notices.push(text),
    ...changes,
  };
  return { notices, result: () => runFineTune(options) };
}

/** The result but for its costs, and the bytes of all that is kept. */
export async function whatIsSame(folder: string, result: FineTuneRunResult) {
  const { seconds, peakBytes, forecastBytes, out, stored, ...found } = result;
  const files = (await filesOf(folder)).filter((path) => path !== 'run.json');
  const digests = files.map(async (path) => {
    const bytes = await readFile(join(folder, path));
    return [path, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return { found, files: Object.fromEntries(await Promise.all(digests)) };
}
