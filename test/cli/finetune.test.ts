/** `nexort finetune`, and `nexort predict` with what it has saved. */

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
let out: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-finetune-'));
  out = join(root, 'run');
  await writeTinyModel(join(root, 'model'), 1, 1);
});
afterAll(() => rm(root, { recursive: true }));

const args = (...more: readonly string[]): readonly string[] => [
  ...['finetune', '--model', join(root, 'model'), '--k', '4', '--seeds', '13', '--limit', '40', '--threads', '1'],
  ...['--steps', '4', '--evaluate-every', '2', '--batch', '4', '--learning-rate', '1e-3', ...more],
];

/** A kernel run of a moment with a model. */
const kernel = (model: string): readonly string[] => [
  ...['kernel', '--model', model, '--k', '2', '--seeds', '13', '--limit', '4', '--solver', 'ridge', '--threads', '1'],
];

interface Result {
  readonly accuracy: { readonly mean: number; readonly std: number };
  readonly learningRate: number;
  readonly batch: number;
  readonly draws: readonly { readonly best: { readonly step: number } }[];
  readonly saved: readonly unknown[];
  readonly stored?: boolean;
}

describe('a run of one rate', () => {
  let result: Result;
  beforeAll(async () => {
    const { code, stdout, stderr } = await nexort(...args('--out', out, '--json'));
    expect(stderr).toMatch(/^forecast: \d+\.\d GiB of memory, about /);
    expect(code).toBe(0);
    result = JSON.parse(stdout) as Result;
  });

  test('says what it reached, and at which rate', () => {
    expect(result).toMatchObject({ learningRate: 1e-3, batch: 4, optimum: 'only', optimizer: 'adam', steps: 4 });
    expect(result.accuracy.mean).toBeGreaterThan(0);
    expect(result.draws[0]?.best.step).toBeGreaterThan(0);
    expect(result.saved).toEqual([{ seed: 13, model: 'model' }]);
  });

  test('is shown when it is started again, as a table', async () => {
    const { code, stdout } = await nexort(...args('--out', out));
    expect(code).toBe(0);
    expect(stdout).toContain('fine-tuned, adam');
    expect(stdout).toContain('no other rate was tried');
    expect(stdout).toContain('this run was done before');
  });

  test('leaves a model that predicts, from its own folder and from that of the run', async () => {
    const texts = ['--text', 'a joy', '--text', 'dull'];
    const found = await nexort('predict', join(out, 'model'), ...texts, '--json', '--threads', '1');
    expect(found.code).toBe(0);
    const { predictions, ...about } = JSON.parse(found.stdout) as {
      readonly predictions: readonly { readonly label: string; readonly probabilities: Record<string, number> }[];
    };
    expect(about).toMatchObject({ task: 'afinn', seed: 13, model: join(out, 'model') });
    for (const { label, probabilities } of predictions) {
      expect(Object.values(probabilities).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(probabilities[label]).toBe(Math.max(...Object.values(probabilities)));
    }
    const ofRun = await nexort('predict', out, ...texts, '--json', '--threads', '1');
    expect(JSON.parse(ofRun.stdout)).toEqual({ ...about, predictions });
    const shown = await nexort('predict', out, ...texts, '--threads', '1');
    expect(shown.stdout).toContain('fine-tuned by adam');
  });

  test('leaves a model that nexort kernel takes', async () => {
    const { code, stderr } = await nexort(...kernel(join(out, 'model')), '--out', join(root, 'kernel'));
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  test('has no use for what is of kernels', async () => {
    const { code, stderr } = await nexort('predict', out, '--text', 'a joy', '--explain');
    expect(code).toBe(2);
    expect(stderr).toContain('--explain has no effect: a fine-tuned model decides by itself');
  });
});

describe('a run over factors of low rank', () => {
  test('saves an adapter beside the model', async () => {
    const folder = join(root, 'lora');
    const { code } = await nexort(...args('--params', 'lora:r=2', '--out', folder));
    expect(code).toBe(0);
    expect(await readdir(join(folder, 'adapter'))).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    const again = await nexort(
      ...kernel(join(root, 'model')),
      '--adapter',
      join(folder, 'adapter'),
      '--out',
      join(root, 'adapted'),
    );
    expect(again.code).toBe(0);
  });
});

test.each([
  [['--learning-rate', '0'], 'Give different numbers above 0'],
  [['--evaluate-every', '10'], '--evaluate-every has no effect: the training has 4 steps'],
  [['--optimizer', 'adom'], 'adom'],
  [['--schedule', 'cosin'], 'cosin'],
  [['--params', 'match:nothing'], 'selects none'],
])('refuses %j', async (given, message) => {
  const { code, stderr } = await nexort(...args(...given));
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
