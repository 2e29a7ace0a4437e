/** `nexort models`, and `nexort tasks --model`. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nexortIn } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const EMBEDDED = resolve(import.meta.dirname, '../../models/tiny-mlm');
const [WHOLE, PART, OTHER] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]; // three

const root = mkdtempSync(join(tmpdir(), 'nexort-models-'));
const cache = join(root, 'cache');
const snapshot = (name: string, commit: string): string => join(cache, `models--${name}`, 'snapshots', commit);

beforeAll(async () => {
  await writeTinyModel(snapshot('org--tiny', WHOLE), 1, 1);
  mkdirSync(join(cache, 'models--org--tiny/refs/refs/pr'), { recursive: true });
  writeFileSync(join(cache, 'models--org--tiny/refs/main'), WHOLE);
  writeFileSync(join(cache, 'models--org--tiny/refs/refs/pr/1'), WHOLE);
  for (const [name, commit, type] of [
    ['org--part', PART, 'bert'],
    ['org--other', OTHER, 't5'],
  ] as const) {
    mkdirSync(snapshot(name, commit), { recursive: true });
    writeFileSync(join(snapshot(name, commit), 'config.json'), JSON.stringify({ model_type: type }));
  }
  for (const name of ['tokenizer.json', 'model.safetensors']) {
    writeFileSync(join(snapshot('org--other', OTHER), name), '{}');
  }
  mkdirSync(join(cache, 'datasets--org--data'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  vi.stubEnv('HF_HUB_CACHE', cache);
  return nexortIn(root, ...args);
}

const LITTLE = ['--task', 'afinn', '--k', '2', '--seeds', '13', '--limit', '4', '--memory', '2GB', '--threads', '1'];

describe('nexort models', () => {
  it('lists what can be taken, and the models of the package and of the cache', async () => {
    const { code, stdout, stderr } = await run('models', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = JSON.parse(stdout);
    expect(found.supported).toContainEqual({ type: 'bert', class: 'BertForMaskedLM', predicts: 'masked words' });
    expect(found.supported).toContainEqual({ type: 'llama', class: 'LlamaForCausalLM', predicts: 'the next word' });
    expect(found.cache).toBe(cache);
    expect(found.models).toEqual([
      {
        name: 'tiny-mlm (embedded)',
        folder: EMBEDDED,
        modelType: 'bert',
        predicts: 'masked words',
        parameters: 10_500_224,
        bytes: expect.any(Number),
      },
      {
        name: `org/other@${OTHER}`,
        folder: snapshot('org--other', OTHER),
        revisions: [],
        problem: {
          code: 'lm.unsupported-model',
          message: expect.stringContaining('model_type is "t5"; supported are bert'),
        },
      },
      {
        name: `org/part@${PART}`,
        folder: snapshot('org--part', PART),
        revisions: [],
        problem: {
          code: 'lm.hub-not-cached',
          message: 'It is in the cache without tokenizer.json, model.safetensors: --model org/part downloads the rest.',
        },
      },
      {
        name: `org/tiny@${WHOLE}`,
        folder: snapshot('org--tiny', WHOLE),
        revisions: ['main', 'refs/pr/1'],
        modelType: 'bert',
        predicts: 'masked words',
        parameters: 284_224,
        bytes: statSync(join(snapshot('org--tiny', WHOLE), 'model.safetensors')).size,
      },
    ]);
  });

  it('tells what a kernel run takes, of each model that can be taken, and of a folder', async () => {
    await writeTinyModel(join(root, 'own'), 1, 3);
    const { code, stdout } = await run('models', 'own', ...LITTLE, '--json');
    expect(code).toBe(0);
    const { models } = JSON.parse(stdout) as {
      models: { name: string; forecast?: { texts: number; bytes: number; seconds: number } }[];
    };
    const forecasts = new Map(
      models.flatMap(({ name, forecast }) => (forecast === undefined ? [] : [[name, forecast]])),
    );
    expect([...forecasts.keys()]).toEqual(['tiny-mlm (embedded)', 'own', `org/tiny@${WHOLE}`]);
    for (const { texts, bytes, seconds } of forecasts.values()) {
      // Two of each class to train on and to choose with, and four to be scored on.
      expect(texts).toBe(12);
      expect(bytes).toBeGreaterThan(2 ** 27);
      expect(bytes).toBeLessThan(2 ** 31);
      expect(seconds).toBeGreaterThan(0);
    }
    const text = (await run('models', 'own', ...LITTLE)).stdout;
    expect(text).toMatch(/│ model +│ type +│ parameters │ weights +│ afinn: memory │ time/);
    expect(text).toMatch(/│ own +│ bert │ 301 k +│ 1\.2 MB +│ \d+\.\d+ GB +│ [\d a-z]*\d+ s/);
    expect(text).toContain(`org/other@cccccccc: ${snapshot('org--other', OTHER)}/config.json: model_type is "t5"`);
  });

  it('tells of a task that cannot be run with a model why', async () => {
    const { code, stdout } = await run('models', '--task', 'sst-2', '--json');
    expect(code).toBe(0);
    const [embedded] = JSON.parse(stdout).models;
    expect(embedded.problem.message).toContain('--data');
  });

  it.each([
    [['--data', 'x'], /--data has no effect: it is of --task/],
    [['--k', '3'], /--k has no effect: it is of --task/],
  ])('refuses what has no effect: %j', async (args, expected) => {
    const { code, stderr } = await run('models', ...args);
    expect({ code, told: expected.test(stderr) }).toEqual({ code: 2, told: true });
  });
});

describe('nexort tasks --model', () => {
  it('shows the tokens of words, and of those that are not one, words that are', async () => {
    const folder = join(root, 'lacking');
    await writeTinyModel(folder, 1, 1);
    const tokenizer = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
    delete tokenizer.model.vocab.terrible;
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
    const { code, stdout } = await run('tasks', '--model', 'lacking');
    expect(code).toBe(0);
    expect(stdout).toContain('lacking predicts masked words');
    expect(stdout).toMatch(/│ subj +│ \{a\}_This is\{m\}\. +│ subjective: subjective, objective: objective/);
    expect(stdout).toMatch(
      /^sst-2, negative: 'terrible' is not one token but \[\w+, ##\w+.*\]; one token each are horrible, awful, bad, poor, worst$/m,
    );
    const told = await run('kernel', '--model', 'lacking', '--k', '2', '--seeds', '13', '--out', 'none');
    expect(told.code).toBe(2);
    expect(told.stderr).toMatch(
      /The word 'terrible' of label 'negative' becomes .* One token each are horrible, awful, bad, poor, worst\./,
    );
    const { tasks } = JSON.parse((await run('tasks', '--model', 'lacking', '--json')).stdout);
    expect(tasks[1]).toMatchObject({
      name: 'sst-2',
      labels: [
        { name: 'negative', word: 'terrible', alternatives: ['horrible', 'awful', 'bad', 'poor', 'worst'] },
        { name: 'positive', word: 'great', tokens: ['great'], id: 431 },
      ],
    });
  });

  it('says so where all words are one token', async () => {
    const { stdout } = await run('tasks', '--model', EMBEDDED);
    expect(stdout).toMatch(/Every label word is one token\.\n$/);
  });

  it('leaves the options behind run to that', async () => {
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'data/afinn.jsonl'), '{"label": "positive", "text": "a"}\n');
    const { stderr } = await run('tasks', 'run', '--tasks', 'afinn', '--data', 'data', '--model', 'nowhere');
    expect(stderr).toContain("--model is given 'nowhere', which is no folder here");
  });
});
