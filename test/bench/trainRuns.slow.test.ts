/** The train bench end to end at a small size: without rivals, beside a stand-in for one, and beside the real ones. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { findPeer, PEERS, type PeerName } from '../../bench/train/peers.ts';
import { workload } from '../../bench/train/workloads.ts';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SIZE = ['--width', '16', '--steps', '2', '--rounds', '2', '--threads', '1'];
// 784-16-16-16-10 with biases of the hidden layers.
const PARAMETERS = 784 * 16 + 2 * 16 * 16 + 3 * 16 + 10 * 16;
/** Three processes of TypeScript after one another, and more of rivals. */
const PATIENCE = 240_000;

/** Runs the bench; also gives its one JSON file. */
async function bench(environment: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const out = await temporaryFolder({});
  const run: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'train', ...SIZE, ...options, '--out', out],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...environment } },
  );
  const [file] = readdirSync(out);
  const written = file === undefined ? undefined : JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  return { ...run, written };
}

/** A Python with every import that trains as ours does, its losses times `factor`, and says how it was started. */
async function standIn(factor: number): Promise<string> {
  const folder = await temporaryFolder({
    'python.mjs': `#!${process.execPath}
      import { spawn } from 'node:child_process';
      import { createInterface } from 'node:readline';

      const [script, ...args] = process.argv.slice(2);
      if (script === '-c') process.exit(0);
      const ours = ${JSON.stringify(join(ROOT, 'bench/train/ours.ts'))};
      const child = spawn(process.execPath, ['--import', ${JSON.stringify(import.meta.resolve('tsx'))}, ours, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const { OMP_NUM_THREADS, OMP_WAIT_POLICY, MALLOC_TOP_PAD_, NPROC } = process.env;
      for await (const line of createInterface({ input: process.stdin })) {
        child.stdin.write(line + '\\n');
        const reply = JSON.parse((await replies.next()).value);
        if (reply.values) reply.values = reply.values.map((value) => ${factor} * value);
        if (reply.name) reply.name = [script, OMP_NUM_THREADS, OMP_WAIT_POLICY, MALLOC_TOP_PAD_, NPROC].join(' ');
        console.log(JSON.stringify(reply));
      }
      child.stdin.end();`,
  });
  const python = join(folder, 'python.mjs');
  await chmod(python, 0o755);
  return python;
}

test('without rivals the bench says so, runs ours alone and gives no verdict', { timeout: PATIENCE }, async () => {
  const nowhere = { NEXORT_PYTHON: '/nowhere/python', NEXORT_JAX_JS: '/nowhere' };
  const { status, stdout, stderr, written } = await bench(nowhere, '--workloads', 'mlp');
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/^ {2}torch is left out: \/nowhere\/python cannot `import torch/m);
  expect(stdout).toContain(
    '784-16-16-16-10: jax-js is left out: not installed: npm install --no-save @jax-js/jax@0.1.25',
  );
  expect(stdout).toContain('784-16-16-16-10: no verdicts: no bound is set for another width');
  expect(written).toMatchObject({
    bench: 'train',
    environment: { node: process.version },
    settings: { workloads: ['mlp'], peers: ['torch', 'jax', 'jax-js'], width: 16, rounds: 2 },
    cases: [{ workload: { name: 'mlp', steps: 2 }, peers: [], verdicts: [] }],
  });
  const [{ ours }] = written.cases;
  expect(ours).toMatchObject({ parameters: PARAMETERS });
  expect(ours.losses).toHaveLength(20);
  expect(ours.peakBytes).toBeGreaterThanOrEqual(ours.loadedBytes);
});

describe('beside rivals', { timeout: PATIENCE }, () => {
  it('each runs in its own way, and losses are compared', async () => {
    const python = await standIn(1);
    const peers = ['--peers', 'torch,torch-tuned,jax'];
    const { status, stdout, stderr, written } = await bench({ NEXORT_PYTHON: python }, '--workloads', 'mlp', ...peers);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^torch: .*\/torch_train\.py 1 PASSIVE {2}$/m);
    expect(stdout).toMatch(/^torch-tuned: .*\/torch_train\.py 1 PASSIVE 134217728 $/m);
    expect(stdout).toMatch(/^jax: .*\/jax_train\.py {4}1$/m);
    expect(stdout).toMatch(/losses equal to 0\.0e\+0 \(torch\), 0\.0e\+0 \(torch-tuned\), 0\.0e\+0 \(jax\)$/m);
    const [{ peers: found, others }] = written.cases;
    expect(found.map(({ peer }: { readonly peer: PeerName }) => peer)).toEqual(['torch', 'torch-tuned', 'jax']);
    // All rounds where too few were quiet, else those that were.
    const counted = others.disturbed.length < 2 ? 2 : others.during.length + others.disturbed.length;
    expect(found[0].runs).toHaveLength(counted);
  });

  it('losses that differ end the bench with 1, before any time is taken', async () => {
    const python = await standIn(1.001);
    const { status, stdout, stderr, written } = await bench(
      { NEXORT_PYTHON: python },
      ...['--workloads', 'mlp', '--peers', 'torch'],
    );
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        `losses differ: torch: relative difference 0\\.00099\\d* at step \\d+, ${PARAMETERS} and ${PARAMETERS}`,
      ),
    );
    expect(written.cases[0]).toMatchObject({ peers: [], verdicts: [], ours: { runs: [] } });
  });

  it('takes no other names', async () => {
    const { status, stderr, written } = await bench({}, '--peers', 'tensorflow');
    expect(status).toBe(1);
    expect(stderr).toContain('Give one or more of torch,torch-tuned,jax,jax-js.');
    expect(written).toBeUndefined();
  });
});

for (const name of PEERS.filter((peer) => peer !== 'torch-tuned')) {
  const of = name === 'jax-js' ? 'mlp' : 'mlp,gpt';
  const found = findPeer(name, workload('mlp'));
  const title = `${name} trains as we do`;
  if ('missing' in found) test.skip(`${title} (skipped: ${found.missing})`, () => {});
  else {
    test(title, { timeout: PATIENCE }, async () => {
      const { status, stderr, written } = await bench({}, '--workloads', of, '--peers', name);
      expect(status, stderr).toBe(0);
      for (const { ours, peers } of written.cases) {
        expect(peers).toHaveLength(1);
        expect(peers[0].parameters).toBe(ours.parameters);
        expect(peers[0].agreement.difference).toBeLessThan(1e-5);
      }
    });
  }
}
