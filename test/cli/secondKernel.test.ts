/** `--solver asymmetric` with the kernel signed on the evaluated side; and `nexort predict` with each kernel of a run. */

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { nexort } from './nexort.ts';
import { blocksOf } from './runFolders.ts';
import { writeMoments } from './secondMoments.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
const within = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-second-'));
  await writeTinyModel(within('model'), 1, 1);
});
afterAll(() => rm(root, { recursive: true }));

const SIZE = [
  '--model',
  'model',
  '--k',
  '2',
  '--seeds',
  '13,21',
  '--limit',
  '4',
  '--threads',
  '1',
  '--params',
  'match:*0.output*',
];
const kernel = (out: string, ...more: readonly string[]) =>
  nexort('kernel', ...SIZE.map((one) => (one === 'model' ? within('model') : one)), '--out', within(out), ...more);

test('a run of the asymmetric machine computes the second kernel, and predictions look at it', async () => {
  const begun = await kernel('run', '--kernels', 'sgd');
  expect(begun.code).toBe(0);
  const some = await kernel('run', '--kernels', 'sgd,a-signgd', '--solver', 'asymmetric');
  expect([some.code, some.stderr]).toEqual([2, expect.stringContaining('fits a-signgd, but not sgd')]);
  const fixed = ['--kernels', 'a-signgd', '--solver', 'asymmetric', '--fix', 'gamma=0.001,lambda=0.25'];
  const run = await kernel('run', ...fixed, '--json');
  expect([run.code, run.stderr]).toEqual([
    0,
    expect.stringMatching(/second kernel of the asymmetric machine[\s\S]*|The run keeps sgd as computed before/),
  ]);
  expect(run.stderr).toContain('for the second kernel of the asymmetric machine (--fix lambda=1 needs none)');
  expect(run.stderr).toContain('The run keeps sgd as computed before');
  const result = JSON.parse(run.stdout);
  expect(Object.keys(result.kernels)).toEqual(['a-signgd']);
  expect(result.solvers[0].settings).toMatchObject({ gamma: 0.001, lambda: 0.25 });

  // The training side's part is the other's transpose; the evaluated examples' is one of its own.
  const arrays = decodeTensors(await readFile(join(within('run'), 'kernels.safetensors')), 'kernels');
  const record = JSON.parse(await readFile(join(within('run'), 'run.json'), 'utf8')).result;
  const { predictor, seed } = record.fits[0];
  const [own, second] = ['kernel.a-signgd', 'kernel.a-signgd-evaluated'].map((name) => arrays[`${name}.${seed}`]);
  const [rows = 0, columns = 0] = own?.shape ?? [];
  expect(second?.shape).toEqual([rows, columns]);
  expect(rows).toBeGreaterThan(columns);
  const at = (array: typeof own, row: number, column: number) => array?.data[row * columns + column];
  for (let k = 0; k < columns; k++) for (let j = 0; j < columns; j++) expect(at(second, k, j)).toBe(at(own, j, k));
  expect(second?.data.every((value) => Number.isFinite(value))).toBe(true);
  expect((await blocksOf(within('run'))).some((block) => block.includes('a-signgd-evaluated'))).toBe(true);
  expect(arrays[`kernel.${seed}`]?.shape).toEqual([rows, columns]);

  // A prediction is the machine's own for an example of the run.
  expect(predictor.calibration.slope).toBeGreaterThan(0);
  const texts = await readTexts('run');
  const place = rows - 1;
  const position = arrays[`rows.${seed}`]?.data[place] ?? Number.NaN;
  const score = Array.from({ length: columns }).reduce<number>(
    (sum, _, k) =>
      sum +
      (at(own, place, k) ?? Number.NaN) * predictor.coefficients[k] +
      (at(second, place, k) ?? Number.NaN) * predictor.signedCoefficients[k],
    0,
  );
  const found = await nexort('predict', within('run'), '--seed', `${seed}`, '--text', texts[position] ?? '', '--json');
  expect(found.code).toBe(0);
  const { logit, kernel: decides } = JSON.parse(found.stdout);
  expect(decides).toBe('a-signgd');
  expect(Math.abs(logit)).toBeCloseTo(Math.abs(score * predictor.calibration.slope), 4);
});

async function readTexts(name: string): Promise<readonly string[]> {
  const bytes = await readFile(join(within(name), 'kernels.safetensors'));
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString('utf8'));
  return JSON.parse(header.__metadata__.texts);
}

test('predict with each kernel of a run, and with the second moments of adam where and as they were', async () => {
  const moments = await writeMoments(within('model'), within('moments.safetensors'));
  const made = await kernel(
    'all',
    '--kernels',
    'sgd,signgd,adam',
    '--second-moments',
    moments,
    '--epsilon',
    '0.01',
    '--solver',
    'logistic',
    '--fix',
    'ridge=0.1',
  );
  expect(made.code).toBe(0);
  const predict = (...more: readonly string[]) =>
    nexort('predict', within('all'), '--text', 'a joy', '--threads', '1', ...more);
  const logits: number[] = [];
  for (const name of ['sgd', 'signgd', 'adam']) {
    const { code, stdout } = await predict('--kernel', name, '--json');
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.kernel).toBe(name);
    logits.push(found.logit);
  }
  expect(new Set(logits).size).toBe(3);
  expect(JSON.parse((await predict('--json')).stdout).kernel).toBe('sgd');
  expect((await predict('--kernel', 'a-signgd')).stderr).toContain(
    'no predictor of the kernel a-signgd; it has sgd, signgd, adam',
  );
  expect((await predict('--second-moments', moments)).stderr).toContain('it is of the kernel adam, and sgd decides');

  const moved = within('moved.safetensors');
  await rename(moments, moved);
  const gone = await predict('--kernel', 'adam');
  expect([gone.code, gone.stderr]).toEqual([
    2,
    expect.stringContaining("moments.safetensors' and are no longer there. Say where"),
  ]);
  const there = await predict('--kernel', 'adam', '--second-moments', moved, '--json');
  expect(JSON.parse(there.stdout).logit).toBe(logits[2]);
  const bytes = await readFile(moved);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  await writeFile(moments, bytes);
  expect((await predict('--kernel', 'adam')).stderr).toContain('the file has other content');
});
