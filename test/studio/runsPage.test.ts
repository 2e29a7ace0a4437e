/** Runs that commands have made, opened in Chromium. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { fromNpz, fromSafetensors } from '../../studio/src/runs/arrays.ts';
import { explainRow, readFits } from '../../studio/src/runs/fits.ts';
import { type DrawKernel, readKernels } from '../../studio/src/runs/kernels.ts';
import { madeBy } from '../../studio/src/runs/made.ts';
import { readResult } from '../../studio/src/runs/results.ts';
import { runScript } from '../../studio/src/runs/script.ts';
import { entryRows, reasonRows, scoreRows, spectrumRows } from '../../studio/src/runs/tables.ts';
import { nexortIn } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';
import { printedByModule } from '../support/printedByModule.ts';
import { exportsOf } from './exported.ts';
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

describe('what is handed out of a run', () => {
  const rowsOf = (text: string): readonly Readonly<Record<string, string>>[] => parse(text, { columns: true });

  it('is the command that made it, which finds the run again', async () => {
    const { run } = fitsOf();
    const made = madeBy(run) ?? expect.fail('no command');
    expect(made).toEqual({
      command: `nexort kernel afinn --k 2 --seeds 13 --limit 6 --model ${file('model')}`,
      missing: [],
    });
    const { stdout, stderr } = await nexortIn(folder, ...made.command.split(' ').slice(1), '--out', 'run', '--json');
    expect(JSON.parse(stdout), stderr).toMatchObject({ stored: true, out: 'run' });
  });

  it.each([
    [{ parameters: 'match:*.bias', untie: true }, /--params 'match:\*\.bias' --untie$/, []],
    [{ setting: { kind: 'cls-random', seed: 3 } }, /--setting cls-random --head-seed 3$/, []],
    [{ setting: { kind: 'prompt', chat: true }, data: ['a'] }, /--chat-template$/, ['--data', '--splits']],
    [
      { lora: { rank: 2 }, model: { 'config.json': 'another' } },
      / --limit 6 --model .*model$/,
      ['the options of LoRA'],
    ],
  ])('says of %j what it knows, and what it does not', (change, command, missing) => {
    const { run } = fitsOf() as unknown as { readonly run: { readonly identity: Readonly<Record<string, unknown>> } };
    const { model } = run.identity as { readonly model: Readonly<Record<string, unknown>> };
    const made = madeBy({ ...run, identity: { ...run.identity, ...change } }, model);
    expect(made?.command).toMatch(command);
    expect(made?.missing).toEqual(missing);
    expect(madeBy({ ...run, identity: { job: 'regime' } })).toBeUndefined();
  });

  it('is TypeScript that prints its scores and spectra', async () => {
    const lines = (await printedByModule(runScript(file('run')).replace('process.argv[2] ?? ', ''))).trim().split('\n');
    const scores = resultOf('run/run.json');
    if (scores.kind !== 'scores') expect.fail(scores.kind);
    const { eigenvalues = [] } = kernelOf();
    expect(lines).toEqual([
      ...scores.scores.map(({ name, mean, std }) => `${name}: ${scores.metric} ${mean} ± ${std}`),
      `best constant answer: ${scores.chance}`,
      `kernel.13: ${eigenvalues.join(', ')}`,
    ]);
  });

  it('is what is shown, as tables', () => {
    const kernel = kernelOf();
    const { entries, columns, texts } = kernel;
    expect(rowsOf(entryRows(kernel)).map(({ entry }) => Number(entry))).toEqual([...entries]);
    expect(rowsOf(entryRows(kernel))[columns]).toMatchObject({ row: '1', column: '0', rowText: texts[1] });
    expect(rowsOf(spectrumRows(kernel.eigenvalues ?? [])).map(({ eigenvalue }) => Number(eigenvalue))).toEqual(
      kernel.eigenvalues,
    );
    const scores = resultOf('run/run.json');
    if (scores.kind !== 'scores') expect.fail(scores.kind);
    expect(rowsOf(scoreRows(scores)).map(({ mean }) => Number(mean))).toEqual([
      ...scores.scores.map(({ mean }) => mean),
      scores.chance,
    ]);
    const why = explainRow(fitsOf().fits, kernel, kernel.roles.indexOf('test')) ?? expect.fail('no predictor');
    const [whole, ...parts] = rowsOf(reasonRows(why)).map(({ adds }) => Number(adds));
    expect(whole).toBe(why.logit);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(why.logit, 9);
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
    expect(await page.locator('.chart .hint').first().innerText()).toMatch(
      /: “.*” \((negative|positive)\) with “.*K\(ξ, ξ′\) = ⟨∇f\(ξ\), ∇f\(ξ′\)⟩ \(KLM section 3\)$/,
    );
    // Figures say where they are defined, rows of the table too.
    expect(await page.locator('tr[title^="sgd: accuracy"]').getAttribute('title')).toContain('(KLM section 3)');
    const spectrum = page.locator('.side svg.plot').first();
    await spectrum.hover();
    expect(await spectrum.locator('[aria-label="tip"]').innerHTML()).toMatch(/eigenvalue \d of 4: .*KLM section 3/);
    const taken = await exportsOf(page);
    expect(await taken('commands.sh').then(String)).toMatch(/^nexort kernel afinn --k 2 --seeds 13 --limit 6 --model /);
    expect(await taken('run.ts').then(String)).toContain("from 'nexort/runs'");
    expect(JSON.parse(String(await taken('shown.json'))).kernel.entries).toEqual([...kernelOf().entries]);
    expect(String(await taken('run-scores.csv'))).toMatch(/^method,mean,/);
    // Both figures, the kernel as a picture within it.
    const svg = String(await taken('figures.svg'));
    expect([svg.match(/<svg/g)?.length, svg.match(/<image[^>]*href="data:image\/png/g)?.length]).toEqual([2, 1]);
    const { width, data, channels } = decode(await taken('figures.png'));
    expect(width).toBeGreaterThan(600);
    expect(new Set(Array.from({ length: 2000 }, (_, k) => data[k * 997 * channels])).size).toBeGreaterThan(3);
    await page.keyboard.press('Escape');
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
