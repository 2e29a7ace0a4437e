/** `nexort kernel --kernels`: several kernels in one run folder, gained one after the other, and Adam's second moments. */

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';
import { nexort } from './nexort.ts';
import { blocksOf } from './runFolders.ts';
import { writeMoments } from './secondMoments.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-kinds-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

const run = (out: string, ...more: readonly string[]) =>
  nexort(
    ...['kernel', '--model', join(root, 'model'), '--k', '2', '--seeds', '13', '--limit', '3', '--threads', '1'],
    ...['--solver', 'pinv', '--out', join(root, out), ...more],
  );

/** The arrays of a run's file. */
const kernelsIn = async (name: string) => decodeTensors(await readFile(join(root, name, 'kernels.safetensors')), name);

/** Second moments for every parameter, as a file. */
const moments = (name: string, ...more: readonly Parameters<typeof writeMoments>[2][]) =>
  writeMoments(join(root, 'model'), join(root, name), ...more);

describe('--kernels', () => {
  test('a run gains kernels, computes none again, and ends as one that was asked for all at once', async () => {
    const first = await run('gaining', '--json');
    expect(first.code).toBe(0);
    expect(Object.keys(JSON.parse(first.stdout).kernels)).toEqual(['sgd']);
    const blocks = (await blocksOf(join(root, 'gaining'))).filter((block) => block.includes('kernel'));
    const times = await Promise.all(blocks.map(async (block) => (await stat(join(root, 'gaining', block))).mtimeMs));
    const second = await run('gaining', '--kernels', 'a-signgd,signgd', '--json');
    expect(second.code).toBe(0);
    const result = JSON.parse(second.stdout);
    expect(Object.keys(result.kernels)).toEqual(['sgd', 'signgd', 'a-signgd']);
    expect(result.solvers.map(({ kernel }: { readonly kernel: string }) => kernel)).toEqual([
      'sgd',
      'signgd',
      'a-signgd',
    ]);
    const after = await Promise.all(blocks.map(async (block) => (await stat(join(root, 'gaining', block))).mtimeMs));
    expect(after).toEqual(times);

    const atOnce = await run('at-once', '--kernels', 'sgd,signgd,a-signgd');
    expect(atOnce.code).toBe(0);
    expect(atOnce.stdout).toMatch(/SGD kernel[\s\S]*SignGD kernel[\s\S]*A-SignGD kernel/);
    const [one, other] = await Promise.all(
      ['gaining', 'at-once'].map((name) => readFile(join(root, name, 'kernels.npz'))),
    );
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
    const arrays = await kernelsIn('at-once');
    expect(
      Object.keys(arrays)
        .filter((name) => name.startsWith('kernel'))
        .sort(),
    ).toEqual([...['kernel.13', 'kernel.a-signgd.13', 'kernel.signgd.13']]);
    expect([...(arrays['kernel.signgd.13']?.data ?? [0.5])].every(Number.isInteger)).toBe(true);
    const report = await readFile(join(root, 'at-once', 'report.html'), 'utf8');
    expect(report).toContain('A-SignGD kernel');
  });

  test("Adam's kernel at given second moments", async () => {
    const file = await moments('moments.safetensors');
    const out = await run('adam', '--kernels', 'adam', '--second-moments', file, '--json');
    expect(out.stderr).not.toContain('error');
    expect(Object.keys(JSON.parse(out.stdout).kernels)).toEqual(['adam']);
    const kernel = async () => (await kernelsIn('adam'))['kernel.adam.13']?.data ?? new Float64Array();
    const small = await kernel();
    // Another ε is another kernel: none of the blocks is taken for it.
    const other = await run('adam', '--kernels', 'adam', '--second-moments', file, '--epsilon', '1000');
    expect(other.code).toBe(0);
    expect(Math.abs((await kernel())[0] ?? 0)).toBeLessThan(0.01 * Math.abs(small[0] ?? 0));
  });

  test('is refused without second moments, and with those of another model', async () => {
    const without = await run('refused', '--kernels', 'adam');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--second-moments')]);
    const idle = await run('refused', '--second-moments', 'x.safetensors');
    expect(idle.stderr).toBe(
      'error: --second-moments has no effect: it is of the kernel adam, which --kernels does not ask for. Leave it out.\n',
    );
    const gone = await run('refused', '--kernels', 'adam', '--second-moments', join(root, 'nowhere.safetensors'));
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('nowhere.safetensors')]);
    const misshaped = await moments('misshaped.safetensors', (name, shape) =>
      name.endsWith('word_embeddings.weight') ? [3, 32] : shape,
    );
    const refused = await run('refused', '--kernels', 'adam', '--second-moments', misshaped);
    expect(refused.stderr).toContain(
      "'bert.embeddings.word_embeddings.weight' has shape [3, 32], expected [8192, 32].",
    );
    await writeFile(
      join(root, 'few.safetensors'),
      safetensorsFile({ 'bert.embeddings.word_embedding.weight': floats([2], Float32Array.of(1, 2)) }),
    );
    const few = await run('refused', '--kernels', 'adam', '--second-moments', join(root, 'few.safetensors'));
    expect(few.stderr).toContain("'bert.embeddings.word_embeddings.weight' [8192, 32] is missing. Did you mean");
    const unknown = await run('refused', '--kernels', 'sgd,sign');
    expect(unknown.stderr).toContain('Give some of sgd,signgd,a-signgd,adam, separated by commas, each once.');
  });
});
