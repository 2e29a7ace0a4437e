/** LoRA on the command line: kernels over its factors, adapters, and their distance from the full kernel. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-lora-'));
  await writeTinyModel(join(root, 'model'), 1, 2);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const within = (name: string): string => join(root, name);
const kernel = (...more: readonly string[]) =>
  nexort(
    ...['kernel', '--model', within('model'), '--k', '2', '--seeds', '13', '--limit', '2', '--threads', '1'],
    ...['--memory', '2GB', ...more],
  );

/** Writes an adapter of rank 2 beside queries. */
async function writeAdapter(name: string, value: number): Promise<void> {
  const tensors = [0, 1].flatMap((block) => {
    const layer = `base_model.model.bert.encoder.layer.${block}.attention.self.query`;
    const entries = Float32Array.from({ length: 64 }, (_, k) => value * Math.sin(k + block));
    return [
      [`${layer}.lora_A.weight`, floats([2, 32], entries)] as const,
      [`${layer}.lora_B.weight`, floats([32, 2], entries)] as const,
    ];
  });
  await mkdir(within(name), { recursive: true });
  const config = { peft_type: 'LORA', r: 2, lora_alpha: 8, target_modules: ['query'], bias: 'none' };
  await writeFile(join(within(name), 'adapter_config.json'), JSON.stringify(config));
  await writeFile(join(within(name), 'adapter_model.safetensors'), safetensorsFile(Object.fromEntries(tensors)));
}

describe('nexort kernel', () => {
  test('--params lora: factors with default settings, which JSON, summary and report tell', async () => {
    const out = within('fresh');
    const { code, stdout } = await kernel('--params', 'lora', '--out', out, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { parameters: { zeroGradient: readonly { parameters: readonly string[] }[] } };
    expect(result).toMatchObject({
      parameters: { choice: 'lora', count: 2 * 2 * 2 * 8 * 32, tensors: 8 },
      lora: { kind: 'fresh', rank: 8, alpha: 16, targets: ['query', 'value'], seed: 0 },
    });
    expect(result.parameters.zeroGradient.flatMap(({ parameters }) => parameters)).toHaveLength(4);
    const told = 'rank 8, alpha 16, beside query, value of every block, A drawn with seed 0, B = 0';
    expect((await kernel('--params', 'lora', '--out', out)).stdout).toContain(`LoRA        ${told}`);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain(told);
  });

  test('a run belongs to its factors', async () => {
    const out = ['--out', within('belongs'), '--json'];
    expect((await kernel('--params', 'lora:r=2,alpha=4', ...out)).code).toBe(0);
    const same = await kernel('--params', 'lora', '--lora-rank', '2', '--lora-alpha', '4', ...out);
    expect(JSON.parse(same.stdout)).toMatchObject({ stored: true });
    const other = await kernel('--params', 'lora', '--lora-rank', '2', '--lora-alpha', '4', '--lora-seed', '1', ...out);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/lora/);
  });

  test('--adapter that is not there: what is expected of it', async () => {
    const { code, stderr } = await kernel('--adapter', within('nothing'), '--out', within('never'));
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a folder that holds an adapter of peft'),
    });
  });

  test('--adapter: chosen parameters with their factors; predictions want it where and as it was', async () => {
    await writeAdapter('adapter', 0.1);
    const out = within('adapted');
    const queries = ['--params', 'match:*query*'];
    const { stdout } = await kernel(...queries, '--adapter', within('adapter'), '--out', out, '--json');
    // Of two blocks: the matrix of queries, its bias, and two factors of rank 2.
    const count = 2 * (32 * 32 + 32 + 2 * 2 * 32);
    const parameters = { choice: 'match:*query*', count };
    expect(JSON.parse(stdout)).toMatchObject({ lora: { kind: 'saved', folder: within('adapter') }, parameters });
    const predict = () => nexort('predict', out, '--text', 'fine', '--json', '--threads', '1');
    expect((await predict()).code).toBe(0);
    await writeAdapter('adapter', 0.2);
    const changed = await predict();
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('the adapter has changed since');
    await rm(within('adapter'), { recursive: true });
    expect((await predict()).stderr).toContain(`the adapter in '${within('adapter')}', which does not exist any more`);
  });

  test.each([
    [['--params', 'lora', '--lora-rank', '33'], /is 32 × 32, and a change of it was given rank 33.*at most 32/s],
    [['--params', 'lora:r=2', '--lora-rank', '3'], /--lora-rank has no effect: --params lora:r=2 says it/],
    [['--params', 'lora:r=x'], /--params lora:r=x has settings of LoRA that cannot be read/],
    [
      ['--lora-targets', 'query,pooler'],
      /--lora-targets has 'pooler'; expected some of query, key, value, output, feed-forward, dense/,
    ],
    [['--adapter', '/nowhere/adapter'], /'\/nowhere\/adapter' does not exist/],
    [['--adapter', '.', '--lora-alpha', '2'], /--lora-alpha has no effect: the adapter of --adapter has its own/],
  ])('refuses %s', async (args, message) => {
    const { code, stdout, stderr } = await kernel(...args);
    expect(stderr).toMatch(message);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('nexort lora', () => {
  const lora = (...more: readonly string[]) =>
    nexort(
      'lora',
      '--model',
      within('model'),
      '--k',
      '2',
      '--threads',
      '1',
      '--ranks',
      '1,4,16',
      '--seeds',
      '6',
      ...more,
    );

  test('prints distances by rank, and writes figure and report', async () => {
    const [svg, html] = [within('lora.svg'), within('lora.html')];
    const { code, stdout, stderr } = await lora('--plot', svg, '--report', html);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rank +distance +predicted +measured \/ predicted$/m);
    expect(stdout).toMatch(/^The distance falls as rank\^\(−0\.\d\d\), 95 %: −\d\.\d\d to /m);
    expect(stderr).toContain('lora.svg');
    expect(await readFile(svg, 'utf8')).toMatch(/^<svg .*Distance of LoRA's kernel from the full one by rank/);
    const page = await readFile(html, 'utf8');
    expect(page).toContain('The kernel of LoRA beside the full one, on <bdi>afinn</bdi>');
    expect(page.match(/<tr>\s*<th scope="row">(1|4|16)<\/th>/g)).toHaveLength(3);
  });

  test('prints one JSON object', async () => {
    const { stdout } = await lora('--json', '--lora-targets', 'value');
    const result = JSON.parse(stdout) as { ranks: readonly Record<string, unknown>[]; interval: readonly number[] };
    expect(result).toMatchObject({
      task: 'afinn',
      targets: ['value'],
      matrices: [0, 1].map((block) => `bert.encoder.layer.${block}.attention.self.value.weight`),
      parameters: 2 * 32 * 32,
      examples: 4,
      seeds: [0, 1, 2, 3, 4, 5],
    });
    expect(result.ranks.map(({ rank }) => rank)).toEqual([1, 4, 16]);
    expect(result.ranks[0]?.distances).toHaveLength(6);
    expect(result.interval).toHaveLength(2);
  });

  test('refuses ranks above the width', async () => {
    const { code, stderr } = await lora('--ranks', '8,64');
    expect(code).toBe(2);
    expect(stderr).toContain('--ranks has 64; expected at most 32');
  });
});
