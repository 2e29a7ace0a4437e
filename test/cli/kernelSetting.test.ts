/** `nexort kernel --setting`: heads on the first token, fresh or probed, in run folders and tables of tasks. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { nexort } from './nexort.ts';
import { blocksOf, outcome, reopen } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-setting-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
  const rows = ['entailment', 'not_entailment'].flatMap((label) =>
    Array.from({ length: 6 }, (_, k) => ({ label, text: `a ${label} ${k}`, text2: `b ${k}` })),
  );
  await writeFile(join(root, 'rte.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const labels = ['red', 'green', 'blue'];
  // No word of theirs is a token of the model.
  const task = {
    name: 'colors',
    prompt: '{a}_It was{m}.',
    labels: labels.map((name) => ({ name, word: `un${name}able` })),
    data: 'colors.jsonl',
  };
  await writeFile(join(root, 'colors.json'), JSON.stringify(task));
  const lines = labels.flatMap((label) =>
    Array.from({ length: 8 }, (_, k) => ({ label, text: `a ${label} thing ${k}` })),
  );
  await writeFile(join(root, 'colors.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

const SMALL = ['--k', '2', '--threads', '1', '--solver', 'pinv'];

const run = (out: string, task: string, ...more: readonly string[]) =>
  nexort(
    ...['kernel', task, '--model', join(root, 'model'), ...SMALL, '--limit', '6', '--seeds', '13,21'],
    ...['--out', join(root, out), ...more],
  );

const arraysIn = async (name: string) => decodeTensors(await readFile(join(root, name, 'kernels.safetensors')), name);

describe('--setting', () => {
  test('cls-random wants no label words, has the head in the kernel, and no zero-shot', async () => {
    const file = join(root, 'colors.json');
    const prompted = await run('words', file);
    expect(prompted).toMatchObject({ code: 2, stderr: expect.stringContaining('unredable') });
    const { code, stdout } = await run('random', file, '--setting', 'cls-random', '--json', '--head-seed', '5');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ setting: { kind: 'cls-random', seed: 5 } });
    expect(result).not.toHaveProperty('zeroShot');
    const norms = 2 * 32;
    const block = 4 * 32 * 33 + 33 * 64 + 65 * 32 + 2 * norms;
    // Its own head is a dense layer of 32 × 32 and a row for each label, with their biases.
    expect(result.parameters.count).toBe((8192 + 128 + 2) * 32 + norms + block + 32 * 33 + 3 * 33);
    const other = await run('random', file, '--setting', 'cls-random', '--head-seed', '6');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('setting') });
  });

  test('cls-probe has a head and a kernel for each draw, and goes on to the same bytes', async () => {
    const out = join(root, 'probe');
    const { code, stdout } = await run('probe', 'rte', '--data', root, '--setting', 'cls-probe');
    expect(code).toBe(0);
    expect(stdout).toMatch(/linear probe .*SGD kernel .*setting {5}cls-probe/s);
    expect(stdout).not.toContain('zero-shot');
    const arrays = await arraysIn('probe');
    for (const seed of [13, 21]) {
      const rows = 4 + 4 + 4;
      expect(arrays[`kernel.${seed}`]?.shape).toEqual([rows, 4]);
      expect(arrays[`logits.${seed}`]?.shape).toEqual([rows, 2]);
      expect([...(arrays[`rows.${seed}`]?.data ?? [])].slice(0, 4)).toEqual([...(arrays[`train.${seed}`]?.data ?? [])]);
      const weight = arrays[`head.weight.${seed}`]?.data ?? [];
      expect(weight).toHaveLength(64);
      // Two classes: what speaks for one speaks against the other.
      for (let n = 0; n < 32; n++) expect(weight[n]).toBe(-(weight[32 + n] ?? Number.NaN));
    }
    expect([...(arrays['head.weight.13']?.data ?? [])]).not.toEqual([...(arrays['head.weight.21']?.data ?? [])]);
    const whole = await outcome(out);
    const blocks = await blocksOf(out);
    // As if it had been stopped in the second draw, one block of the first being damaged since.
    await reopen(out);
    const lost = blocks.filter((block) => /draw-21\/kernel|draw-21\/head/.test(block));
    expect(lost.length).toBeGreaterThan(1);
    for (const block of lost) await rm(join(out, block));
    expect(await run('probe', 'rte', '--data', root, '--setting', 'cls-probe')).toMatchObject({ code: 0 });
    expect(await outcome(out)).toEqual(whole);
  });

  test('a draw by itself has the kernel that it has among others', async () => {
    const alone = await nexort(
      ...['kernel', 'rte', '--data', root, '--model', join(root, 'model'), ...SMALL, '--limit', '6', '--seeds', '21'],
      ...['--setting', 'cls-probe', '--out', join(root, 'alone')],
    );
    expect(alone.code).toBe(0);
    const [one, both] = [await arraysIn('alone'), await arraysIn('probe')];
    expect(one['kernel.21']?.data).toEqual(both['kernel.21']?.data);
    expect(one['head.weight.21']?.data).toEqual(both['head.weight.21']?.data);
  });

  test('a table of tasks has the probe in place of zero-shot', async () => {
    const { code, stdout } = await nexort(
      ...['tasks', 'run', '--data', root, '--tasks', 'rte', '--model', join(root, 'model'), ...SMALL, '--limit', '6'],
      ...['--seeds', '13,21', '--setting', 'cls-probe', '--out', join(root, 'table'), '--json'],
    );
    expect(code).toBe(0);
    const { overview } = JSON.parse(stdout);
    expect(overview.methods).toEqual(['linear probe', 'sgd']);
    const markdown = await readFile(join(root, 'table', 'overview.md'), 'utf8');
    expect(markdown).toContain('setting: cls-probe');
    expect(markdown).not.toContain('zero-shot');
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a setting that there is not', ['--setting', 'cls'], /prompt.*cls-random.*cls-probe/],
    ['one example of a label', ['--setting', 'cls-probe', '--k', '1'], /seed 13.*1 training example.*at least two/s],
    ['--head-seed without a fresh head', ['--setting', 'cls-probe', '--head-seed', '1'], /--head-seed.*cls-random/s],
    ['--untie without a decoder', ['--setting', 'cls-random', '--untie'], /--untie.*cls-random/s],
    ['a selection of the word head', ['--setting', 'cls-random', '--params', 'match:cls.*'], /match:cls\.\*/],
  ])('%s is refused', async (_, more, message) => {
    const { code, stdout, stderr } = await run('refused', 'rte', '--data', root, ...more);
    expect(stderr).toMatch(message);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
