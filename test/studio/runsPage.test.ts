/** Runs that commands have made, opened in Chromium. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { fromNpz, fromSafetensors } from '../../studio/src/runs/arrays.ts';
import { explainRow, readFits } from '../../studio/src/runs/fits.ts';
import { type DrawKernel, readKernels } from '../../studio/src/runs/kernels.ts';
import { readResult } from '../../studio/src/runs/results.ts';
import { nexortIn } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';
import { openStudio, type Studio } from './opened.ts';

const browser = findBrowser();
/** Of the page with a run in it. */
const HEADINGS = ['afinn: accuracy by kernel', 'Kernels', 'Your own sentences'];
let folder = '';
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-runs-'));
  await writeTinyModel(file('model'), 1, 1);
  const kernel = ['kernel', '--model', 'model', '--k', '2', '--limit', '6', '--seeds', '13', '--out', 'run', '--json'];
  const transfer = ['transfer', '--widths', '8,16', '--rates', '2^-4..2^-2', '--steps', '4', '--seeds', '1', '--json'];
  const why = ['predict', 'run', '--text', 'a joy to watch', '--explain', '--json'];
  const coord = ['coord', '--widths', '8,16,32', '--seeds', '2', '--steps', '1', '--json'];
  for (const [name, words] of [
    ['kernel', kernel],
    ['why', why],
    ['transfer', transfer],
    ['coord', coord],
  ] as const) {
    const { stdout, stderr } = await nexortIn(folder, ...words);
    expect(stdout, stderr).toMatch(/^\{/);
    writeFileSync(file(`${name}.json`), stdout);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const resultOf = (name: string) => readResult(JSON.parse(readFileSync(file(name), 'utf8')));

const kernelOf = (): DrawKernel =>
  readKernels(
    fromSafetensors(new Uint8Array(readFileSync(file('run/kernels.safetensors'))), 'kernels.safetensors'),
  )[0] ?? expect.fail('no kernel');

function fitsOf() {
  const run = JSON.parse(readFileSync(file('run/run.json'), 'utf8')) as {
    readonly result: { readonly fits: readonly { readonly test: { readonly accuracy: number } }[] };
  }; // as the command has written it
  return { run, fits: readFits(run) ?? expect.fail('no fits') };
}

describe('result files', () => {
  it('of a run folder and of --json say the same', () => {
    const { task, scores } = { task: '', scores: [], ...resultOf('kernel.json') };
    expect(task).toBe('afinn');
    expect(scores.map(({ name }) => name)).toEqual(['without training', 'sgd']);
    expect(resultOf('run/run.json')).toEqual(resultOf('kernel.json'));
  });

  it('of transfers and coordinate checks are read', () => {
    const [transfer, coord] = [resultOf('transfer.json'), resultOf('coord.json')];
    expect(transfer.kind === 'transfer' && transfer.sweeps.map(({ parametrization }) => parametrization)).toEqual([
      'mup',
      'sp',
    ]);
    expect(coord.kind === 'coord' && coord.measured.length).toBeGreaterThan(3);
  });

  it.each([
    [[], 'It holds no object'],
    [{}, 'It is no result that this page shows'],
    [{ kind: 'nexort-run', status: 'running' }, 'The run is “running”, and has no result yet'],
    [
      { verdict: 'pass', measured: [{ layer: 3 }], parametrization: 'mup', optimizer: 'adam', findings: [] },
      '“layer” is 3; expected a text.',
    ],
    [{ sweeps: [], hyperparameter: 'x' }, '“hyperparameter” is "x"; expected an object.'],
  ])('that are none are told: %j', (json, message) => {
    expect(() => readResult(json)).toThrow(message);
  });

  it('of kernels have examples with their classes, and the spectrum on what is trained on', () => {
    const kernel = kernelOf();
    const { name, rows, columns, labels, texts, eigenvalues = [] } = kernel;
    expect([name, columns, eigenvalues.length]).toEqual(['kernel.13', 4, 4]);
    expect(labels.slice(0, columns)).toEqual(['negative', 'negative', 'positive', 'positive']);
    expect(texts).toHaveLength(rows);
    const trace = [0, 1, 2, 3].reduce((sum, k) => sum + (kernel.entries[k * columns + k] ?? Number.NaN), 0);
    expect(eigenvalues.reduce((sum, value) => sum + value, 0) / trace).toBeCloseTo(1, 6);
  });

  it('of kernels are the same in both files', async () => {
    const bytes = new Uint8Array(readFileSync(file('run/kernels.npz')));
    const [kernel] = readKernels(await fromNpz(bytes, 'kernels.npz', 2 ** 24));
    expect(kernel).toEqual(kernelOf());
  });

  it('give what carries a prediction: the sum is the logit, and right as often as the run says', () => {
    const kernel = kernelOf();
    const { run, fits } = fitsOf();
    const found = [...kernel.roles.keys()]
      .filter((row) => kernel.roles[row] === 'test')
      .map((row) => explainRow(fits, kernel, row) ?? expect.fail('no predictor'));
    expect(found).toHaveLength(6);
    for (const { logit, contributions, intercept, initial } of found) {
      const sum = contributions.reduce((total, { weight }) => total + weight, intercept + initial);
      expect(contributions).toHaveLength(4);
      expect(Math.abs(sum - logit)).toBeLessThan(1e-9 * Math.max(1, Math.abs(logit)));
    }
    const right = found.filter(({ label, actual }) => label === actual).length;
    expect(right / found.length).toBe(run.result.fits[0]?.test.accuracy);
  });

  it('tell a run that is not that of the kernels', () => {
    const { fits } = fitsOf();
    const other = { ...fits, kernels: { sgd: fits.kernels.sgd?.map((one) => ({ ...one, train: [] })) ?? [] } };
    expect(() => explainRow(other, kernelOf(), 8)).toThrow('run.json has 0 training examples, and the kernel 4.');
  });

  it('of predictions have layers and tokens, whose sums are the logit', () => {
    const found = resultOf('why.json');
    const [one] = found.kind === 'predictions' ? found.predictions : [];
    const { logit, contributions, intercept, initial, layers = [], tokens = [] } = one ?? expect.fail('no prediction');
    const total = (parts: readonly { readonly weight: number }[]): number =>
      parts.reduce((sum, { weight }) => sum + weight, intercept + initial);
    for (const parts of [contributions, layers]) expect(total(parts)).toBeCloseTo(logit, 8);
    // Tokens are sums of f32 products in another order.
    expect(total(tokens)).toBeCloseTo(logit, 3);
  });
});

describe.skipIf(browser === undefined)('the page of runs (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  beforeAll(async () => {
    studio = await openStudio(browser ?? '', { run: runFiles(file('run')) });
  });
  afterAll(() => studio?.close());

  it('shows what is opened, and tells what it cannot read', async () => {
    const { page, messages } = await (studio?.open('#runs?v=1') ?? expect.fail('no studio'));
    const picker = page.locator('input#files');
    await picker.setInputFiles([file('run/run.json'), file('run/kernels.safetensors')]);
    await page.locator('.heat canvas').waitFor();
    expect(await page.locator('h2').allInnerTexts()).toEqual(HEADINGS);
    await page.locator('.heat').hover();
    expect(await page.locator('.chart .hint').first().innerText()).toMatch(/: “.*” \((negative|positive)\) with “/);
    await picker.setInputFiles([file('transfer.json')]);
    await page.locator('h2:has-text("Does the best learning rate stay where it is?")').waitFor();
    await picker.setInputFiles([file('coord.json')]);
    await page.locator('h2:has-text("Coordinates in mup with adam")').waitFor();
    writeFileSync(file('broken.json'), '{"kind": ');
    writeFileSync(file('broken.safetensors'), 'nothing of the kind');
    await picker.setInputFiles([file('broken.json'), file('broken.safetensors')]);
    await expect.poll(() => page.locator('.drop .error').count()).toBe(2);
    expect(await page.locator('.drop .error').first().innerText()).toMatch(/^broken\.json: It is no JSON/);
    expect(await page.locator('h2:has-text("Coordinates")').count()).toBe(1);
    expect(messages).toEqual([]);
  });

  it('opens the run that the server hands over, enlarges its kernel, and shows what carries a prediction', async () => {
    const { page, messages } = await (studio?.open('#runs?v=1&run=run&order=similarity') ?? expect.fail('no studio'));
    const heat = page.locator('.heat');
    await heat.locator('canvas').waitFor();
    expect(await page.locator('h2').allInnerTexts()).toEqual(HEADINGS);
    const title = page.locator('.chart-title').first();
    const whole = await title.innerText();
    // By brush, by keys, and back.
    await heat.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const box = (await heat.boundingBox()) ?? expect.fail('no picture');
    await page.mouse.move(box.x + 2, box.y + 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 2, box.y + box.height / 3);
    await page.mouse.up();
    expect(await title.innerText()).toMatch(/: rows 1 to \d+, columns 1 to 2$/);
    await heat.focus();
    await page.keyboard.press('0');
    expect(await title.innerText()).toBe(whole);
    await page.keyboard.press('+');
    expect(await title.innerText()).toMatch(/: rows /);
    await page.getByRole('button', { name: 'Whole' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save what is seen as PNG' }).click();
    const png = decode(readFileSync(await (await download).path()));
    expect([png.height % 14, (png.height / 14) * 4]).toEqual([0, png.width]);
    // By the wheel with Ctrl, as pinches come; without, it is the page that moves.
    const scrolled = (): Promise<number> => page.evaluate(() => scrollY);
    await heat.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const before = await scrolled();
    await heat.hover({ position: { x: 4, y: 4 } });
    await page.keyboard.down('Control');
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -50);
    await expect.poll(() => title.innerText()).toMatch(/: rows 1 to \d+, columns 1 to 2$/);
    for (let turn = 0; turn < 8; turn++) await page.mouse.wheel(0, 50);
    await expect.poll(() => title.innerText()).toBe(whole);
    expect(await scrolled()).toBe(before);
    await page.keyboard.up('Control');
    await page.mouse.wheel(0, -100);
    await expect.poll(scrolled).not.toBe(before);
    expect(await title.innerText()).toBe(whole);
    // An example: the sum of its parts is said, and the link has it.
    const example = page.locator('select#example');
    const [, first = expect.fail('no example')] = await example
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('value') ?? ''));
    await example.selectOption(first);
    expect(await page.locator('.sum').innerText()).toMatch(
      /^Its logit is -?[\d.e-]+ = -?[\d.e-]+ from 4 training examples/,
    );
    expect(page.url()).toMatch(/#runs\?v=1&run=run&order=similarity&row=\d+$/);
    expect(await page.locator('.parts .command').innerText()).toMatch(
      /nexort predict run --kernel sgd --seed 13 --text/,
    );
    expect(await page.locator('.parts').innerText()).toContain('The run is of another model than the embedded one');
    await page.locator('input#files').setInputFiles([file('why.json')]);
    await page.locator('.tokens').waitFor();
    await page.getByLabel('By way of').first().selectOption({ index: 1 });
    expect(await page.locator('details summary').first().innerText()).toContain('by way of embeddings');
    await page.reload();
    await page.locator('.sum').waitFor();
    expect(messages).toEqual([]);
  });
});
