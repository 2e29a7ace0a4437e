/** `nexort predict` as its user runs it: what it prints of a real run, and each bad input with its one message. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, nexort } from './nexort.ts';
import { reopen, treeOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

const OWN_TASK = resolve(import.meta.dirname, '../../examples/own-task/task.json');

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  await writeTinyModel(at('model'), 1);
  await kernel('run');
  await kernel('unfinished', 'afinn', '--model', at('model'));
  await reopen(at('unfinished'));
  await kernel('own', OWN_TASK, '--model', at('model'));
  const lines = ['entailment', 'not_entailment'].flatMap((label) =>
    Array.from({ length: 9 }, (_, k) => ({ label, text: `a ${label} ${k}`, text2: `b ${k}` })),
  );
  await writeFile(at('rte.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  await kernel('pair', 'rte', '--data', at('rte.jsonl'), '--model', at('model'));
  await writeFile(at('texts.txt'), 'a joy to watch\n\nthe plot is a mess\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function kernel(name: string, ...args: readonly string[]): Promise<void> {
  const size = ['--limit', '24', '--seeds', '13,21', '--k', '4'];
  const { code, stderr } = await nexort('kernel', ...args, ...size, '--out', at(name));
  if (code !== 0) throw new Error(stderr);
}

const predict = (run: string, ...args: readonly string[]): Promise<Ended> => nexort('predict', at(run), ...args);

interface Found {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly logit: number;
  readonly intercept: number;
  readonly initial: number;
  readonly contributions: readonly {
    readonly text: string;
    readonly label: string;
    readonly weight: number;
    readonly byLayer?: readonly number[];
  }[];
  readonly layers?: readonly {
    readonly layer: string;
    readonly weight: number;
    readonly byToken?: readonly number[];
  }[];
  readonly tokens?: readonly { readonly token: string; readonly weight: number }[];
}

async function json(
  run: string,
  ...args: readonly string[]
): Promise<Found & { readonly predictions: readonly Found[] }> {
  const { code, stdout } = await predict(run, ...args, '--json');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout); // our own output
}

function expectSum({ logit, intercept, initial, contributions }: Found): void {
  const parts = [intercept, initial, ...contributions.map(({ weight }) => weight)];
  const sum = parts.reduce((total, part) => total + part, 0);
  const size = parts.reduce((total, part) => total + Math.abs(part), 0);
  expect(Math.abs(sum - logit)).toBeLessThanOrEqual(1e-9 * size);
}

describe('JSON', () => {
  test('of one text: label, probabilities and reasons, in the object itself and in its list', async () => {
    const { predictions, ...found } = await json('run', '--text', 'a joy to watch');
    expect(Object.keys(found).sort()).toEqual([
      'calibration',
      'checkpoint',
      'contributions',
      'dev',
      'initial',
      'intercept',
      'kernel',
      'label',
      'logit',
      'model',
      'probabilities',
      'removedTokens',
      'run',
      'seed',
      'task',
      'text',
    ]);
    expect(found).toMatchObject({ run: at('run'), task: 'afinn', text: 'a joy to watch' });
    expect(predictions).toHaveLength(1);
    expect(found).toMatchObject(predictions[0] ?? {});
    expect(Object.keys(found.probabilities)).toEqual(['negative', 'positive']);
    const p = found.probabilities[found.label] ?? Number.NaN;
    expect(Math.log(p / (1 - p))).toBeCloseTo(found.logit, 9);
    expect(found.contributions).toHaveLength(8);
    for (const one of found.contributions) {
      expect(one).toEqual({
        text: expect.any(String),
        label: expect.stringMatching(/^(nega|posi)tive$/),
        weight: one.weight,
      });
    }
    expectSum(found);
  });

  test('of several texts: only the list', async () => {
    const found = await json('own', '--text', 'My parcel is late', '--text', 'It crashes', '--seed', '13');
    expect(found).toMatchObject({ task: 'tickets', seed: 13 });
    expect(found).not.toHaveProperty('label');
    expect(found.predictions).toHaveLength(2);
    for (const one of found.predictions) {
      const all = Object.entries(one.probabilities);
      expect(all.map(([label]) => label)).toEqual(['billing', 'delivery', 'technical']);
      expect(all.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(one.probabilities[one.label]).toBe(Math.max(...all.map(([, p]) => p)));
      expect(one.contributions).toHaveLength(12);
      expectSum(one);
    }
  });

  test('of a file is what the same texts give on the command line', async () => {
    const file = await json('run', '--file', at('texts.txt'));
    const line = await json('run', '--text', 'a joy to watch', '--text', 'the plot is a mess');
    expect(file).toEqual(line);
  });

  test('of a pair has both texts', async () => {
    const found = await json('pair', '--text', 'It rained.', '--text2', 'The street was wet.');
    expect(found).toMatchObject({ text: 'It rained.', text2: 'The street was wet.' });
    for (const one of found.contributions) expect(one).toHaveProperty('text2');
  });
});

describe('text', () => {
  test('shows labels, the strongest examples for and against, and the sum', async () => {
    const { code, stdout } = await predict('run', '--text', 'a joy to watch', '--top', '2');
    expect(code).toBe(0);
    const { label, logit, contributions } = await json('run', '--text', 'a joy to watch');
    expect(stdout).toMatch(
      /^task {8}afinn\nmodel {7}tiny-mlm \(embedded\)\ndraw {8}\d+ of 13, 21 \(accuracy [\d.]+ on/,
    );
    expect(stdout).toContain('decided by  8 training examples');
    expect(stdout).toMatch(new RegExp(`"a joy to watch"\\n\\n {2}${label} +\\d+\\.\\d % +█+\\n`));
    const strongest = (sign: number) => contributions.filter(({ weight }) => sign * weight > 0).slice(0, 2);
    for (const [title, sign] of [
      ['for', 1],
      ['against', -1],
    ] as const) {
      const [first, second] = strongest(sign);
      const line = (start: string, one = first): RegExp => {
        const mark = sign > 0 ? '\\+' : '-';
        return new RegExp(`^ {2}${start} +${mark}[\\d.]+ +${one?.label} +${one?.text}$`, 'm');
      };
      expect(stdout).toMatch(line(title));
      expect(stdout).toMatch(line(' {3,}', second));
    }
    expect(stdout).toMatch(/^ +[+-][\d.]+ +4 other training examples$/m);
    const [, sum] = new RegExp(`^ {2}sum +([+-][\\d.]+) +logit of ${label}$`, 'm').exec(stdout) ?? [];
    expect(Math.abs(Number(sum) - logit)).toBeLessThanOrEqual(0.006);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(stdout).not.toContain('\u001b');
  });

  test('lists the texts of a file', async () => {
    const { stdout } = await predict('run', '--file', at('texts.txt'));
    expect(stdout).toMatch(
      /^label +probability {2}text\n\w+ +\d+\.\d % {2}a joy to watch\n\w+ +\d+\.\d % {2}the plot is a mess$/m,
    );
  });

  test('shows both texts of a pair, and nothing that moves the cursor', async () => {
    const { stdout } = await predict('pair', '--text', 'It\u001b[2J\nrained.', '--text2', 'The street was wet.');
    expect(stdout).toContain('"It [2J rained. | The street was wet."');
  });

  test('leaves the run folder as it is', async () => {
    const before = await treeOf(at('run'));
    await predict('run', '--text', 'a joy');
    expect(await treeOf(at('run'))).toEqual(before);
  });
});

describe('--explain', () => {
  test('splits the sum by layer and by token, in JSON, text and a report', async () => {
    const plain = await json('run', '--text', 'a joy to watch');
    const found = await json('run', '--text', 'a joy to watch', '--explain');
    const { layers = [], tokens = [] } = found;
    expectSum(found);
    // The same numbers, multiplied layer by layer.
    expect(found.logit).toBeCloseTo(plain.logit, 3);
    expect(layers.map(({ layer }) => layer)).toEqual([
      'embeddings',
      ...[1, 2, 3, 4].map((block) => `block ${block}`),
      'head',
    ]);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const size = sum(found.contributions.flatMap(({ byLayer = [] }) => byLayer.map(Math.abs)));
    layers.forEach(({ weight, byToken = [] }, k) => {
      const own = found.contributions.map(({ byLayer }) => byLayer?.[k] ?? Number.NaN);
      expect(Math.abs(sum(own) - weight)).toBeLessThanOrEqual(1e-9 * size);
      expect(Math.abs(sum(byToken) - weight)).toBeLessThanOrEqual(1e-5 * size);
      expect(byToken).toHaveLength(tokens.length);
    });
    const all = sum(found.contributions.map(({ weight }) => weight));
    expect(Math.abs(sum(tokens.map(({ weight }) => weight)) - all)).toBeLessThanOrEqual(1e-5 * size);
    expect(tokens.map(({ token }) => token).slice(0, 3)).toEqual(['[CLS]', 'a', 'joy']);

    const { code, stdout, stderr } = await predict(
      ...['run', '--text', 'a joy to watch', '--explain', '--report', at('why.html')],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}layers {2}[+-][\d.]+ {2}embeddings {2}[█░]*\n {10}[+-][\d.]+ {2}block 1/m);
    expect(stdout).toMatch(/^ {2}tokens {2}[+-][\d.]+ {2}\S+ +number \d+$/m);
    expect(stderr).toContain(`report: ${at('why.html')}`);
    expect(await readFile(at('why.html'), 'utf8')).toContain('<span class="token ');
  });

  test('of signs on both sides splits by layer alone, and says so', async () => {
    await kernel('signs', '--kernels', 'signgd', '--model', at('model'));
    const { stdout, stderr } = await predict('signs', '--text', 'a joy', '--explain', '--json');
    expect(stderr).toContain('By layer alone: the kernel signgd is of signs');
    const found: Found = JSON.parse(stdout); // our own output
    expect(found.layers?.map(({ layer }) => layer)).toContain('block 1');
    expect(found).not.toHaveProperty('tokens');
    expectSum(found);
  });

  test('of signs on the training side tells its cost before', async () => {
    await kernel('half', '--kernels', 'a-signgd', '--model', at('model'));
    const { stdout, stderr } = await predict('half', '--text', 'a joy', '--explain', '--json');
    expect(stderr).toMatch(/^By token, the signs of 8 training gradients are written out once more: /m);
    expectSum(JSON.parse(stdout));
    expect(JSON.parse(stdout)).toHaveProperty('tokens');
  });

  test('alone has a report', async () => {
    const { code, stderr } = await predict('run', '--text', 'a', '--report', at('none.html'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--report/);
  });
});

describe('bad input', () => {
  test.each([
    ['nothing to classify', 'run', [], /^error: There is nothing to classify; expected --text or --file\./],
    [
      'two sources',
      'run',
      ['--text', 'a', '--file', 'b.txt'],
      /^error: --text and --file are both given; expected one/,
    ],
    ['a second text beside a file', 'run', ['--file', 'b.txt', '--text2', 'a'], /^error: --text2 is given with --file/],
    [
      'an empty text',
      'run',
      ['--text', ''],
      /^error: the text given: "text" is empty; expected at least one character/,
    ],
    [
      'one empty text of two',
      'run',
      ['--text', 'a', '--text', ' '],
      /^error: the text given with --text number 2: "text"/,
    ],
    [
      'a pair task without second texts',
      'pair',
      ['--text', 'a'],
      /^error: Task 'rte' compares two texts, and --text is given once, --text2 not at all; expected as many\./,
    ],
    [
      'a second text in a task of one',
      'run',
      ['--text', 'a', '--text2', 'b'],
      /^error: --text2 is given, and task 'afinn' takes one text\. Leave it out\./,
    ],
    ['a seed that is not there', 'run', ['--text', 'a', '--seed', '7'], /no draw of seed 7; it has 13, 21\./],
    ['no whole number', 'run', ['--text', 'a', '--top', '-1'], /'-1' is invalid\. Give a whole number of at least 0\./],
    ['no run folder', 'nowhere', ['--text', 'a'], /nowhere' is not a run folder: it has no run\.json/],
    ['a file for a run', 'run/report.html', ['--text', 'a'], /report\.html' is a file; expected the folder of a run/],
    [
      'an unfinished run',
      'unfinished',
      ['--text', 'a'],
      /is not finished; .*\n {2}nexort kernel afinn --k 4 --seeds 13,21 --limit 24 --out \S+unfinished\n/,
    ],
    ['a file that is not there', 'run', ['--file', 'nowhere.txt'], /^error: 'nowhere\.txt' does not exist/],
  ])('%s', async (_, run, args, message) => {
    const { code, stdout, stderr } = await predict(run, ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('another model', async () => {
    const { code, stderr } = await predict('run', '--text', 'a', '--model', at('model'));
    expect(code).toBe(2);
    expect(stderr).toContain(
      '\n  - config.json has other content\n  - model.safetensors has other content\nGive the folder',
    );
  });
});
