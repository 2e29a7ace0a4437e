/** `nexort kernel --kernels`: several kernels in one run folder, gained one after the other, and Adam's second moments. */

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lm/model/config.ts';
import { storedAs } from '../../src/lm/model/stored.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { encoder } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';
import { nexort } from './nexort.ts';
import { blocksOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-kinds-'));
  await writeTinyModel(join(root, 'model'), 1, 2);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

const run = (out: string, ...more: readonly string[]) =>
  nexort(
    ...['kernel', '--model', join(root, 'model'), '--k', '2', '--seeds', '13', '--limit', '12', '--threads', '1'],
    ...['--solver', 'pinv', '--out', join(root, out), ...more],
  );

/** The arrays of a run's file. */
const kernelsIn = async (name: string) => decodeTensors(await readFile(join(root, name, 'kernels.safetensors')), name);

/** Second moments for every parameter, as a file. */
async function writeMoments(
  name: string,
  change: (name: string, shape: readonly number[]) => readonly number[] = (_, s) => s,
) {
  const net = encoder(await readConfig(checkpointFolder(join(root, 'model'))), {
    ...{ kind: 'words', classes: 2, untie: false },
  });
  const tensors = net.parameters.map((parameter) => {
    const shape = change(parameter.name, storedAs(parameter).shape);
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from(stream(5, parameter.name).normals(size), (z) => z * z);
    return [parameter.name, floats(shape, values)] as const;
  });
  await writeFile(join(root, name), safetensorsFile(Object.fromEntries(tensors)));
  return join(root, name);
}

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
    ).toEqual([...['kernel', 'kernel.a-signgd', 'kernel.signgd']]);
    expect([...(arrays['kernel.signgd']?.data ?? [0.5])].every(Number.isInteger)).toBe(true);
    const report = await readFile(join(root, 'at-once', 'report.html'), 'utf8');
    expect(report).toContain('A-SignGD kernel');
    // New texts are classified with SGD's kernel where there is one, else with the first.
    const predicted = await nexort('predict', join(root, 'at-once'), '--text', 'a joy', '--threads', '1', '--json');
    expect(predicted.code).toBe(0);
  });

  test("Adam's kernel at given second moments", async () => {
    const moments = await writeMoments('moments.safetensors');
    const out = await run('adam', '--kernels', 'adam', '--second-moments', moments, '--json');
    expect(out.stderr).not.toContain('error');
    expect(Object.keys(JSON.parse(out.stdout).kernels)).toEqual(['adam']);
    const kernel = async () => (await kernelsIn('adam'))['kernel.adam']?.data ?? new Float64Array();
    const small = await kernel();
    const predicted = await nexort('predict', join(root, 'adam'), '--text', 'a joy');
    expect([predicted.code, predicted.stderr]).toEqual([2, expect.stringContaining('--kernels sgd')]);
    // Another ε is another kernel: none of the blocks is taken for it.
    const other = await run('adam', '--kernels', 'adam', '--second-moments', moments, '--epsilon', '1000');
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
    const misshaped = await writeMoments('misshaped.safetensors', (name, shape) =>
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
