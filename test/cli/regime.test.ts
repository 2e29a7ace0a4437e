/** `nexort regime` on the command line: verdicts as text and JSON, a report, a table, and what is refused. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-regimes-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const within = (name: string): string => join(root, name);
const regime = (...more: readonly string[]) =>
  nexort(
    ...['regime', '--model', within('model'), '--k', '2', '--seeds', '13', '--limit', '6', '--compare', '4'],
    ...['--steps', '4', '--batch', '4', '--threads', '1', '--memory', '2GB', ...more],
  );
/** Without what takes time and is told of elsewhere. */
const QUICK = ['--no-kernel', '--no-linear-training'];

interface Told {
  readonly verdict: string;
  readonly optimizers: Readonly<
    Record<
      string,
      {
        readonly verdict: string;
        readonly learningRate: number;
        readonly linearization: { readonly logitError: { readonly mean: number } };
        readonly fixedFeatures: { readonly kernel: string; readonly relative: { readonly mean: number } };
      }
    >
  >;
}

describe('nexort regime', () => {
  test('tells a verdict for each optimizer with its measures, and again from its folder in words', async () => {
    const given = ['--learning-rate', 'sgd=1e-3,adam=1e-4', ...QUICK, '--out', within('run')];
    const { code, stdout } = await regime(...given, '--json');
    const found = JSON.parse(stdout) as Told;
    expect(code).toBe(found.verdict === 'kernel' ? 0 : 1);
    const { sgd, adam } = found.optimizers;
    expect(sgd).toMatchObject({ learningRate: 1e-3, fixedFeatures: { kernel: 'sgd' } });
    expect(adam).toMatchObject({ learningRate: 1e-4, fixedFeatures: { kernel: 'a-signgd' } });
    for (const one of [sgd, adam]) {
      expect(one?.linearization.logitError.mean).toBeGreaterThan(0);
      expect(one?.fixedFeatures.relative.mean).toBeGreaterThan(0);
    }
    const again = await regime(...given);
    expect(again.stdout).toContain('afinn, prompt: 2 examples per class, 1 draw, 6 evaluated, kernels on 4 of them');
    expect(again.stdout).toMatch(/^adam, rate 1e-4: (no )?kernel behavior/m);
    expect(again.stdout).toContain('Malladi et al. 2023, section 6.2');
    expect(again.stdout).toContain('this run was done before');
    const report = await readFile(join(within('run'), 'report.html'), 'utf8');
    for (const text of ['What is asked', 'Change of the kernel by layer', 'Distance moved', 'The kernel a-signgd']) {
      expect(report).toContain(text);
    }
  });

  test('puts tasks and settings into one table', async () => {
    const out = within('table');
    const { code, stdout } = await regime('--tasks', 'afinn', '--optimizer', 'sgd', ...QUICK, '--out', out, '--json');
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as { readonly rows: readonly Readonly<Record<string, unknown>>[] };
    expect(rows.map(({ task, setting, optimizer, learningRate }) => [task, setting, optimizer, learningRate])).toEqual([
      ['afinn', 'prompt', 'sgd', 1e-3],
      ['afinn', 'cls-random', 'sgd', 1e-3],
    ]);
    const markdown = await readFile(join(out, 'regimes.md'), 'utf8');
    expect(markdown).toContain('| afinn | cls-random | sgd | 0.001 |');
  });

  test.each([
    {
      given: ['--learning-rate', 'lion=1e-3'],
      told: "--learning-rate has a rate for 'lion', but --optimizer asks for sgd, adam.",
    },
    { given: ['--learning-rate', '1e-3,1e-4'], told: 'Give one rate for all, or one for each optimizer by name' },
    { given: ['--optimizer', 'sgd,sgd'], told: 'Give different optimizers' },
    { given: ['--watch-kernel', '5'], told: 'the training has 4 steps' },
    { given: ['--settings', 'prompt'], told: 'it is of --tasks' },
    { given: ['--tasks', 'afinn', '--setting', 'prompt'], told: 'with --tasks there is --settings' },
  ])('refuses $given', async ({ given, told }) => {
    const { code, stderr } = await regime(...given);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });
});
