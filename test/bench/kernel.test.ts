/** The kernel bench end to end at a small size, without its rival. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('without PyTorch the bench says so, runs ours alone and gives no verdict', async () => {
  const out = await temporaryFolder({});
  const size = ['--tokens', '4', '--examples', '3', '--layers', '1', '--pairs', '2', '--threads', '1'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'kernel', ...size, '--out', out],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NEXORT_PYTHON: '/nowhere/python' } },
  );
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/^PyTorch is left out, ours runs alone\. \/nowhere\/python cannot `import torch/);
  expect(stdout).toContain('4 tokens: verdict none: there is nothing to compare with');
  const [file = ''] = readdirSync(out);
  const written = JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  expect(written).toMatchObject({
    bench: 'kernel',
    environment: { node: process.version },
    settings: { examples: 3, layers: 1, width: 384 },
    cases: [{ tokens: 4, verdict: 'none' }],
  });
  // Of one block: four 384 × 384 matrices with biases, the two of the feed-forward part with biases, two layer norms.
  const parameters = 4 * (384 * 384 + 384) + 2 * 384 * 1536 + 1536 + 384 + 4 * 384;
  expect(written.cases[0].ours).toMatchObject({ parameters, runs: [{}, {}] });
  expect(written.cases[0]).not.toHaveProperty('peer');
});
