/** Runs of the checkpoints beside the repository: their logits are those of an independent computation (`logits.py`). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { required } from '../../../../src/errors/index.ts';
import { nodeEngine, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { type KernelFindings, loadTask, runKernel } from '../../../../src/lm/node/index.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeWithShared } from '../../../support/shared.ts';

/** Logits below 8 in f32, through one layer: 2^-24 relative at each of some dozen steps. */
const ROUNDING = 8 * 24 * 2 ** -24;

interface Line {
  readonly folder: string;
  readonly rows: readonly { readonly ids: string; readonly logits: readonly number[] }[];
}

const LINES = readFileSync(join(import.meta.dirname, '../../text/reference/logits.jsonl'), 'utf8')
  .trim()
  .split('\n');

describe.each(LINES.map((line) => JSON.parse(line) as Line))('the checkpoint of $folder', ({ folder, rows }) => {
  describeWithShared('beside the repository', `field/${folder}`, (path) => {
    it('has the logits of the reference', async () => {
      const { task, data } = await loadTask(join(path, 'task.json'));
      let findings: KernelFindings | undefined;
      await runKernel({
        ...{ task, model: path, shots: 2, seeds: [13], parameters: 'all', untie: false, solver: { method: 'dev' } },
        ...{
          engine: (threads: number) => nodeEngine({ threads }),
          threads: 1,
          memory: 2 ** 31,
          runtime: nodeRuntime(),
        },
        ...{ out: join(await temporaryFolder({}), 'run'), version: '0.0.0-test' },
        ...(data === undefined ? {} : { source: data }),
        report: async (found) => {
          findings = found;
          return '';
        },
      });
      const { inputs, found } = required(findings, 'what the run found');
      const { kernels } = required(found[0], 'kernels of the draw');
      expect(inputs.encoded.length).toBe(rows.length);
      inputs.encoded.forEach(({ ids }, place) => {
        const expected = required(
          rows.find((row) => row.ids === ids.join(' ')),
          `recorded logits of ${ids.join(' ')}`,
        ).logits;
        expected.forEach((logit, label) => {
          expect(Math.abs(required(kernels.logits[place * 2 + label], 'logit') - logit)).toBeLessThan(ROUNDING);
        });
      });
    });
  });
});
