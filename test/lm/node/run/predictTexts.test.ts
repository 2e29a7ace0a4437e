/** New texts with runs of a small model: the run's own predictions again, with reasons; and each bad input. */

import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine, nodeRuntime } from '../../../../src/finite/node/index.ts';
import type { Example } from '../../../../src/lm/data/example.ts';
import { kernelOf } from '../../../../src/lm/kernel/empiricalKernel.ts';
import type { NewText } from '../../../../src/lm/node/data/newTexts.ts';
import { loadTask } from '../../../../src/lm/node/data/taskFile.ts';
import { type FinishedRun, readFinishedRun } from '../../../../src/lm/node/run/finishedRun.ts';
import { kernelsOfSeed } from '../../../../src/lm/node/run/kernelParts.ts';
import { runKernel } from '../../../../src/lm/node/run/kernelRun.ts';
import type { KernelFindings } from '../../../../src/lm/node/run/kernelRunOptions.ts';
import { type Predictions, type PredictOptions, predictTexts } from '../../../../src/lm/node/run/predictTexts.ts';
import { type DrawFit, initialOutputs } from '../../../../src/lm/run/kernelScores.ts';
import { PROMPT, type Setting } from '../../../../src/lm/run/setting.ts';
import { softmaxOf } from '../../../../src/lm/solve/calibration.ts';
import { scores } from '../../../../src/lm/solve/predictor.ts';
import { kernelColumns, kernelRows } from '../../../../src/lm/solve/solvers.ts';
import { type JsonObject, openRun, readRun } from '../../../../src/runs/index.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const VERSION = '0.0.0-test';
const SIZE = { engine: (threads: number) => nodeEngine({ threads }), threads: 1, memory: 2 ** 32 };

/**
 * How far logits from other batch shapes may lie apart, as a share of Σ |weight|: entries of the kernel are inner products
 * of f32 gradients that went through three blocks; their errors of 2^-24 at each step partly cancel.
 */
const ROUNDING = 32 * 2 ** -24;

let folder = '';
const findings: Record<string, KernelFindings> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  await writeTinyModel(join(folder, 'model'), 1);
  await writeTinyModel(join(folder, 'other'), 2);
  await make('two', 'afinn');
  await make('three', join(ROOT, 'examples/own-task/task.json'));
  const lines = ['entailment', 'not_entailment'].flatMap((label) =>
    Array.from({ length: 6 }, (_, k) => ({ label, text: `a ${label} ${k}`, text2: `b ${k}` })),
  );
  await writeFile(join(folder, 'rte.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  await make('pair', 'rte', { path: join(folder, 'rte.jsonl') }, 2);
  await make('random', 'afinn', undefined, 2, { kind: 'cls-random', seed: 3 });
  await make('probe', 'rte', { path: join(folder, 'rte.jsonl') }, 2, { kind: 'cls-probe' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function make(
  name: string,
  taskName: string,
  source?: { readonly path: string },
  shots = 4,
  setting: Setting = PROMPT,
): Promise<void> {
  const { task, data = source } = await loadTask(taskName);
  await runKernel({
    ...SIZE,
    task,
    model: join(folder, 'model'),
    ...(data === undefined ? {} : { source: data }),
    shots,
    setting,
    seeds: [13, 21],
    limit: 24,
    parameters: 'all',
    untie: false,
    solver: { method: 'dev' },
    out: join(folder, name),
    version: VERSION,
    runtime: nodeRuntime(),
    report: async (found) => {
      findings[name] = found;
      return '';
    },
  });
}

const read = (name: string): Promise<FinishedRun> => readFinishedRun(join(folder, name), VERSION);

async function predict(
  name: string,
  texts: readonly NewText[],
  more: Partial<PredictOptions> = {},
): Promise<Predictions> {
  return predictTexts({ ...SIZE, run: await read(name), texts, ...more });
}

const failure = async (name: string, texts: readonly NewText[], more: Partial<PredictOptions> = {}): Promise<string> =>
  (await failureOf(() => predict(name, texts, more))).message.replaceAll(folder, 'FOLDER');

/** A copy of a run that says something else. */
async function rewritten(
  name: string,
  change: { readonly identity?: JsonObject; readonly model?: string; readonly unfinished?: boolean },
): Promise<FinishedRun> {
  const stored = await readRun(join(folder, name));
  const copy = join(await temporaryFolder({}), 'run');
  const run = await openRun({
    folder: copy,
    identity: { ...stored.identity, ...change.identity },
    plan: () => stored.plan,
  });
  const record = stored.result as { readonly [key: string]: JsonObject }; // what a kernel run writes
  const model = change.model === undefined ? {} : { model: change.model };
  if (change.unfinished !== true) await run.finish({ ...record, result: { ...record.result, ...model } });
  await run.close();
  return readFinishedRun(copy, VERSION);
}

/** The run's own rows of the kernel and outputs of an example, for a draw. */
function own({ found }: KernelFindings, { seed, train }: DrawFit, example: Example) {
  const { kernels, inputs } = kernelsOfSeed(found, seed);
  const { outputs, classes, logits } = kernels;
  const kernel = kernelOf(kernels, 'sgd');
  const place = (one: Example): number => inputs.positions.get(one) ?? -1;
  const rows = kernelRows(kernel.kernel, inputs.train * outputs, outputs, [place(example)]);
  return {
    rows: kernelColumns(rows, outputs, train.map(place)),
    initial: initialOutputs(logits, classes, outputs, [place(example)]),
  };
}

const texts = (examples: readonly Example[]): NewText[] => examples.map(({ label: _, ...text }) => text);

describe.each(['two', 'three', 'pair', 'random', 'probe'])("test examples of the run '%s'", (name) => {
  it.each([13, 21])('get its own predictions for draw %i, and reasons that add up', async (seed) => {
    const found = findings[name];
    const fit = found?.fits.sgd?.find((one) => one.seed === seed);
    if (found === undefined || fit === undefined) throw new Error('not set up');
    const { outputs, calibration, coefficients } = fit.predictor;
    const labels = (await read(name)).task.labels.map((label) => label.name);
    const { predictions } = await predict(name, texts(found.inputs.test), { seed });
    const confusion = labels.map(() => labels.map(() => 0));
    found.inputs.test.forEach((example, k) => {
      const one = predictions[k] ?? expect.fail('one text, one prediction');
      const { rows, initial } = own(found, fit, example);
      const expected = scores(fit.predictor, rows, initial);
      const row = confusion[labels.indexOf(example.label)] ?? [];
      const place = labels.indexOf(one.label);
      row[place] = (row[place] ?? 0) + 1;

      const weights = one.contributions.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
      const sign = outputs === 1 && place === 0 ? -1 : 1;
      const logit = sign * calibration.slope * (expected[outputs === 1 ? 0 : place] ?? Number.NaN);
      expect(Math.abs(one.logit - logit)).toBeLessThanOrEqual(ROUNDING * weights);
      const sum = one.contributions.reduce((total, { weight }) => total + weight, one.intercept + one.initial);
      expect(Math.abs(sum - one.logit)).toBeLessThanOrEqual(1e-9 * (weights + Math.abs(one.initial)));
      softmaxOf(expected, outputs, calibration.slope).forEach((p, c) => {
        // The softmax moves by at most half of what its logits move by.
        expect(Math.abs((one.probabilities[labels[c] ?? ''] ?? Number.NaN) - p)).toBeLessThanOrEqual(
          ROUNDING * weights,
        );
      });
      // Each training example by itself, from the run's kernel.
      fit.train.forEach((trained, j) => {
        const given = one.contributions.find(({ text, label }) => text === trained.text && label === trained.label);
        const line = (outputs === 1 ? 0 : place) * rows.columns + j * outputs;
        const part = [...rows.data.subarray(line, line + outputs)].reduce(
          (total, value, d) => total + value * (coefficients[j * outputs + d] ?? Number.NaN),
          0,
        );
        expect(Math.abs((given?.weight ?? Number.NaN) - sign * calibration.slope * part)).toBeLessThanOrEqual(
          ROUNDING * weights,
        );
      });
    });
    expect(confusion).toEqual(fit.confusion);
  });
});

describe('what is found', () => {
  it('is of the draw with the best dev score, and says where it is from', async () => {
    const best = (findings.two?.fits.sgd ?? []).toSorted((a, b) => (b.dev ?? 0) - (a.dev ?? 0))[0];
    const { predictions, ...about } = await predict('two', [{ text: 'a joy' }]);
    expect(about).toEqual({
      run: join(folder, 'two'),
      task: 'afinn',
      kernel: 'sgd',
      model: join(folder, 'model'),
      checkpoint: { assumed: [], replaced: [], unused: [] },
      seed: best?.seed,
      dev: best?.dev,
      calibration: best?.predictor.calibration,
    });
    expect(predictions).toHaveLength(1);
    const shown = ({ label, text }: Example): string => `${label}: ${text}`;
    expect(predictions[0]?.contributions.map(shown).sort()).toEqual(best?.train.map(shown).sort());
  });

  it('does not depend on which texts are computed together, but for rounding', async () => {
    const many = ['a joy', 'such a terribly long and winding mess of a film', 'fine', 'bad luck', 'good'].map(
      (text) => ({ text }),
    );
    const shares: number[] = [];
    const [together, apart] = [
      await predict('two', many),
      await predict('two', many, { mostTexts: 2, onProgress: (share) => shares.push(share) }),
    ];
    expect(apart.predictions.map(({ text }) => text)).toEqual(many.map(({ text }) => text));
    together.predictions.forEach(({ label, logit, contributions }, k) => {
      const other = apart.predictions[k];
      const weights = contributions.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
      expect(other?.label).toBe(label);
      expect(Math.abs((other?.logit ?? Number.NaN) - logit)).toBeLessThanOrEqual(ROUNDING * weights);
    });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.9);
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  it('says how many tokens were cut', async () => {
    const { predictions } = await predict('two', [{ text: 'fine '.repeat(150) }, { text: 'fine' }]);
    // "fine" is one token, and 110 are kept.
    expect(predictions.map(({ removedTokens }) => removedTokens)).toEqual([40, 0]);
  });
});

describe('bad input', () => {
  it.each<[string, string, readonly NewText[], Partial<PredictOptions>, string]>([
    ['no texts', 'two', [], {}, 'There are no texts to classify; expected at least one.'],
    [
      'an empty text',
      'two',
      [{ text: 'a' }, { text: ' ' }],
      {},
      'text 2: "text" is empty; expected at least one character that is not a space. Fill it in or remove the example.',
    ],
    [
      'a second text too many',
      'two',
      [{ text: 'a', text2: 'b', where: 'x.csv line 3' }],
      {},
      "x.csv line 3 comes with a second text, and task 'afinn' takes one. Leave the second text out, or choose a run of a task that compares two.",
    ],
    [
      'a second text too few',
      'pair',
      [{ text: 'a', where: 'x.csv line 3' }],
      {},
      'x.csv line 3: "text2" is missing; this task compares two texts. Add it, or choose a task with one text.',
    ],
    [
      'a seed that is not there',
      'two',
      [{ text: 'a' }],
      { seed: 7 },
      "The run in 'FOLDER/two' has no draw of seed 7; it has 13, 21. Choose among these with --seed, or leave it out for the best on the dev examples.",
    ],
    [
      'too little memory',
      'two',
      [{ text: 'a' }],
      { memory: 2 ** 20 },
      expect.stringMatching(/^--memory .* is too small for this run/),
    ],
  ])('%s', async (_, name, given, more, message) => {
    expect(await failure(name, given, more)).toEqual(message);
  });
});

describe('the model', () => {
  const given = [{ text: 'a joy' }];
  const model = (name: string): string => join(folder, name);

  it('may have been moved', async () => {
    await rename(model('model'), model('moved'));
    try {
      expect(await failure('two', given)).toBe(
        "The model of the run in 'FOLDER/two' was in 'FOLDER/model', which is no longer there. Say where it is now: --model FOLDER.",
      );
      expect(await failure('two', given, { otherModel: model('other') })).toMatch(/no longer there/);
      const found = await predict('two', given, { model: model('moved') });
      expect(found.model).toBe(model('moved'));
      expect(await predict('two', given, { otherModel: model('moved') })).toEqual(found);
    } finally {
      await rename(model('moved'), model('model'));
    }
  });

  it('must be the same: what differs is listed', async () => {
    expect(await failure('two', given, { model: model('other') })).toBe(
      "The model in 'FOLDER/other' is not the one that the run in 'FOLDER/two' was made with:\n" +
        '  - model.safetensors has other content\n' +
        'Give the folder of that model with --model, or run nexort kernel again with this one.',
    );
    await mkdir(model('partial'));
    await copyFile(join(model('model'), 'config.json'), join(model('partial'), 'config.json'));
    await writeFile(join(model('partial'), 'tokenizer_config.json'), '{}');
    expect(await failure('two', given, { model: model('partial') })).toContain(
      '\n  - model.safetensors is missing\n  - tokenizer.json is missing\n  - tokenizer_config.json was not there\n',
    );
    expect(await failure('two', given, { model: model('nowhere') })).toMatch(/^'FOLDER\/nowhere' does not exist/);
  });

  it('is looked for where the run says', async () => {
    const run = await rewritten('two', { model: model('other') });
    const error = await failureOf(() => predictTexts({ ...SIZE, run, texts: given }));
    expect(error.code).toBe('lm.other-model');
  });
});

describe('runs that cannot be used', () => {
  const message = async (action: () => Promise<unknown>): Promise<string> => {
    const error = await failureOf(action);
    return error.message.replaceAll(folder, 'FOLDER').replace(/'\/[^']*\/run'|\/\S*\/run$/gm, 'RUN');
  };

  it('an unfinished one, with the command that goes on', async () => {
    expect(await message(() => rewritten('two', { unfinished: true }))).toMatch(
      /^The run in RUN, begun 20\S+Z, is not finished; expected a finished one\. If it is at work now, wait\. If it was stopped, start the same command again, which goes on where it was:\n {2}nexort kernel afinn --k 4 --seeds 13,21 --limit 24 --out RUN\n\(with --data, --splits and --model as then, if they were given\)\.$/,
    );
    const identity = { parameters: "match:!*embed*,it's", untie: true, evaluated: 'all' };
    expect(await message(() => rewritten('three', { identity, unfinished: true }))).toMatch(
      /nexort kernel tickets\.json --k 4 --seeds 13,21 --params 'match:!\*embed\*,it'\\''s' --untie --out .*\n\(with the path of the task's file, and --data/,
    );
  });

  it('one of another version', async () => {
    expect(await message(() => readFinishedRun(join(folder, 'two'), '9.9.9'))).toBe(
      `The run in 'FOLDER/two' was made by nexort ${VERSION}; expected 9.9.9, this one: versions are not mixed, for their kernels may differ. Use that version (npx nexort@${VERSION} predict …), or run nexort kernel again with this one and another folder (--out).`,
    );
  });

  it('one of another command', async () => {
    expect(await message(() => rewritten('two', { identity: { job: 'finetune' } }))).toBe(
      'RUN holds a run of another kind ("finetune"); expected one of nexort kernel. Give the folder of such a run, or start one: nexort kernel TASK --out FOLDER.',
    );
  });

  it('none at all', async () => {
    expect(await message(() => read('nowhere'))).toMatch(
      /^'FOLDER\/nowhere' is not a run folder: it has no run\.json\./,
    );
    expect(await message(() => read('two/report.html'))).toBe(
      "'FOLDER/two/report.html' is a file; expected the folder of a run. Give the folder, such as 'FOLDER/two'.",
    );
  });
});
