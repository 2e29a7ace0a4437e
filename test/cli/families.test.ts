/** Small checkpoints of decoders and of ModernBERT on the command line: kernel, predict, finetune, regime, LoRA. */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithShared } from '../support/shared.ts';
import { nexort } from './nexort.ts';

const DECODERS = ['gpt2', 'llama'];

describeWithShared('on the command line', 'reference/lm-models', (folder) => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nexort-families-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await nexort(...args, '--json');
    if (stdout === '') expect.fail(stderr);
    return { code, found: JSON.parse(stdout) as Record<string, unknown> };
  };
  const common = (name: string): readonly string[] => [
    ...[
      '--model',
      join(folder, name),
      '--k',
      '2',
      '--seeds',
      '13',
      '--limit',
      '6',
      '--threads',
      '1',
      '--memory',
      '2GB',
    ],
  ];

  test.each([...DECODERS, 'modernbert'])('%s: a kernel, and predictions from it', async (name) => {
    const out = join(root, `${name}-kernel`);
    const { code, found } = await run('kernel', ...common(name), '--kernels', 'sgd,signgd,a-signgd', '--out', out);
    expect(code).toBe(0);
    const { kernels } = found as { readonly kernels: Readonly<Record<string, { readonly mean: number }>> };
    for (const kind of ['sgd', 'signgd', 'a-signgd']) expect(kernels[kind]?.mean).toBeGreaterThanOrEqual(0);
    const report = await readFile(join(out, 'report.html'), 'utf8');
    expect(report).toContain(DECODERS.includes(name) ? '{a}_It was<' : '{a}_It was{m}.');
    const { found: told } = await run('predict', out, '--text', 'A warm film.', '--text', 'Dull.', '--explain');
    const { predictions } = told as { readonly predictions: readonly { readonly probabilities: object }[] };
    expect(predictions).toHaveLength(2);
    for (const { probabilities } of predictions) {
      const sum = Object.values(probabilities).reduce((total: number, one: number) => total + one, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  test.each(['gpt2', 'modernbert'])('%s: fine-tuning, saved and predicted with', async (name) => {
    const out = join(root, `${name}-finetune`);
    const few = ['--steps', '4', '--evaluate-every', '2', '--batch', '4', '--learning-rate', '1e-3'];
    const { code, found } = await run('finetune', ...common(name), ...few, '--out', out);
    expect(code).toBe(0);
    expect(found).toMatchObject({ accuracy: { mean: expect.any(Number) } });
    const { found: told } = await run('predict', out, '--text', 'A warm film.');
    expect(told).toMatchObject({ predictions: [{ text: 'A warm film.' }] });
  });

  test.each(['llama', 'modernbert'])('%s: whether fine-tuning is a kernel method', async (name) => {
    const settings = ['--compare', '4', '--steps', '4', '--batch', '4', '--no-kernel', '--no-linear-training'];
    const rates = ['--learning-rate', 'sgd=1e-4,adam=1e-5'];
    const { found } = await run(
      'regime',
      ...common(name),
      ...settings,
      ...rates,
      '--out',
      join(root, `${name}-regime`),
    );
    expect(found).toMatchObject({ verdict: expect.stringMatching(/kernel/) });
  });

  test.each([
    ['gpt2', 'c_attn'],
    ['llama', 'q_proj,v_proj'],
    ['modernbert', 'Wqkv'],
  ])('%s: the kernel of LoRA beside %s', async (name, targets) => {
    const lora = ['--params', 'lora:r=2', '--lora-targets', targets];
    const { code, found } = await run('kernel', ...common(name), ...lora, '--out', join(root, `${name}-lora`));
    expect(code).toBe(0);
    expect(found).toMatchObject({ kernels: { sgd: { mean: expect.any(Number) } } });
  });

  test('a decoder is asked of data of one’s own what the label ends', async () => {
    const data = join(root, 'tickets.csv');
    const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (text, k) => `${k % 2 === 0 ? 'great' : 'terrible'},it was ${text}`,
    );
    await writeFile(data, `label,text\n${rows.join('\n')}\n`);
    const settings = ['--k', '1', '--seeds', '1', '--params', 'biases', '--threads', '1', '--memory', '2GB'];
    const out = join(root, 'own');
    const { code } = await run('kernel', data, '--model', join(folder, 'gpt2'), ...settings, '--out', out);
    expect(code).toBe(0);
    expect(await readFile(`${out}.task.json`, 'utf8')).toContain('"prompt": "{a}_Label:"');
  });

  test.each(['distilbert', 'modernbert'])('%s: heads on the first token, fresh and of probing', async (name) => {
    for (const setting of ['cls-random', 'cls-probe']) {
      const out = join(root, `${name}-${setting}`);
      const { code, found } = await run('kernel', ...common(name), '--setting', setting, '--out', out);
      expect(code).toBe(0);
      expect(found).toMatchObject({ setting: { kind: setting }, kernels: { sgd: { mean: expect.any(Number) } } });
    }
  });

  test('a head on the first token is refused of a decoder', async () => {
    const { code, stderr } = await nexort(
      'kernel',
      ...common('gpt2'),
      '--setting',
      'cls-probe',
      '--out',
      join(root, 'cls'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('sees no token behind it');
  });

  test('a decoder without its tokenizer is one message', async () => {
    const copy = join(root, 'no-tokenizer');
    await cp(join(folder, 'gpt2'), copy, { recursive: true, filter: (path) => !path.endsWith('tokenizer.json') });
    const { code, stderr } = await nexort('kernel', '--model', copy, '--out', join(root, 'none'));
    expect(code).toBe(2);
    expect(stderr).toContain('has no tokenizer.json');
  });
});
