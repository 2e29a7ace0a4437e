/** Parts of predictions that the page computes: those of the command, and refused where they are of something else. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { modelFingerprint } from '../../src/lm/node/model/modelFingerprint.ts';
import { embeddedModel } from '../../studio/model.ts';
import { fromSafetensors } from '../../studio/src/runs/arrays.ts';
import { explainedOf } from '../../studio/src/runs/explained.ts';
import { explainRow, type RunFits, readFits } from '../../studio/src/runs/fits.ts';
import { readKernels } from '../../studio/src/runs/kernels.ts';
import { LiveParts } from '../../studio/src/runs/live.ts';
import { openedFrom } from '../../studio/src/work/embedded.ts';
import { type ExplainJob, explainExample, forecastExplanation } from '../../studio/src/work/explain.ts';
import type { ModelJobs } from '../../studio/src/work/model.ts';
import type { Pool } from '../../studio/src/work/pool.ts';
import { nexortIn } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';
import { ROOT } from '../structure/publicEntries.ts';

let folder = '';
let fits: RunFits;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-live-'));
  await writeTinyModel(join(folder, 'model'), 1, 1);
  const words = ['kernel', '--model', 'model', '--k', '6', '--limit', '4', '--seeds', '13', '--solver', 'logistic'];
  const { stdout, stderr } = await nexortIn(folder, ...words, '--out', 'run', '--json');
  expect(stdout, stderr).toMatch(/^\{/);
  fits = readFits(JSON.parse(readFileSync(join(folder, 'run/run.json'), 'utf8'))) ?? expect.fail('no fits');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kernelOf = () =>
  readKernels(fromSafetensors(new Uint8Array(readFileSync(join(folder, 'run/kernels.safetensors'))), 'kernels'))[0] ??
  expect.fail('no kernel');

/** The first evaluated example. */
function shownOf() {
  const kernel = kernelOf();
  const shown = explainRow(fits, kernel, kernel.roles.indexOf('test')) ?? expect.fail('no prediction');
  return { kernel, shown };
}

/** Does its jobs here, by the model of the run. */
function poolHere(change: (job: ExplainJob) => ExplainJob = (job) => job): Pool<ModelJobs> {
  const run = async (name: string, job: ExplainJob, part: (value: { words: string; share: number }) => void) => {
    const engine = nodeEngine({ threads: 1 });
    const opened = await openedFrom(checkpointFolder(join(folder, 'model')));
    try {
      return await (name === 'forecast'
        ? forecastExplanation(engine, opened, job)
        : explainExample(engine, opened, change(job), part));
    } finally {
      await engine.release();
    }
  };
  const pool = {
    run: (name: string, job: ExplainJob, part = () => {}) => ({ result: run(name, job, part), giveUp: () => {} }),
  };
  return pool as unknown as Pool<ModelJobs>; // what of it is used
}

const total = (parts: readonly { readonly weight: number }[], start: number): number =>
  parts.reduce((sum, { weight }) => sum + weight, start);

describe('parts by layer and token', () => {
  it('are those of nexort predict --explain, and add up to the logit of the run', async () => {
    const { kernel, shown } = shownOf();
    const { stdout, stderr } = await nexortIn(folder, 'predict', 'run', '--text', shown.text, '--explain', '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    const told = explainedOf(JSON.parse(stdout)).predictions[0] ?? expect.fail('nothing predicted');
    const live = new LiveParts(poolHere(), 'model/', fits.model.fingerprint);
    const asked = live.asked(fits, kernel, shown);
    await live.plan(asked);
    expect(live.work.value).toBeUndefined();
    const found = live.found.value.get(asked.key) ?? expect.fail('nothing computed');
    const { logit, contributions, layers = [], tokens = [], intercept, initial } = found;
    const size = total(
      contributions.map(({ weight }) => ({ weight: Math.abs(weight) })),
      Math.abs(initial),
    );
    // Sums of f32 products in other orders, on other numbers of threads.
    const near = (value: number, other: number): void => expect(Math.abs(value - other)).toBeLessThan(1e-5 * size);
    near(logit, shown.logit);
    near(logit, told.logit);
    expect(layers.map(({ layer }) => layer)).toEqual(told.layers?.map(({ layer }) => layer));
    for (const [k, { weight }] of layers.entries()) near(weight, told.layers?.[k]?.weight ?? Number.NaN);
    expect(tokens.map(({ token }) => token)).toEqual(told.tokens?.map(({ token }) => token));
    for (const [k, { weight }] of tokens.entries()) near(weight, told.tokens?.[k]?.weight ?? Number.NaN);
    for (const parts of [contributions, layers, tokens]) near(total(parts, intercept + initial), logit);
    // Another example begins by itself, now that the model is there.
    const other = explainRow(fits, kernel, shown.row + kernel.outputs) ?? expect.fail('no second example');
    const next = live.asked(fits, kernel, other);
    await live.offer(next);
    expect(live.found.value.has(next.key)).toBe(true);
  });

  it('of what the run has not are told', async () => {
    const { kernel, shown } = shownOf();
    const changed = poolHere((job) => ({ ...job, example: { text: 'something else altogether' } }));
    const live = new LiveParts(changed, 'model/', fits.model.fingerprint);
    const asked = live.asked(fits, kernel, shown);
    await live.explain(asked);
    const work = live.workOf(asked);
    expect(work.kind === 'failed' && work.message).toMatch(/^The model beside these pages gives “\w+” with the logit/);
    expect(live.found.value.size).toBe(0);
  });

  it.each<[string, (of: RunFits) => RunFits, RegExp]>([
    [
      'another model',
      (of) => ({ ...of, model: { ...of.model, fingerprint: { 'config.json': 'x' } } }),
      /another model/,
    ],
    ['a head of its own', (of) => ({ ...of, model: { ...of.model, isPlain: false } }), /a head or changes of its own/],
  ])('of a run of %s are left to the command', (_, change, message) => {
    const { kernel, shown } = shownOf();
    const live = new LiveParts(poolHere(), 'model/', fits.model.fingerprint);
    expect(live.asked(change(fits), kernel, shown).job).toMatch(message);
  });

  it('know the embedded model as runs do', async () => {
    expect(embeddedModel(ROOT)).toEqual(await modelFingerprint(join(ROOT, 'models/tiny-mlm')));
  });
});
