/**
 * Fine-tunes a checkpoint on every draw of a task, over a grid of batch sizes and rates chosen on dev; kept in a run folder,
 * so that a start that is interrupted goes on where it was, to the same bytes.
 */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { engineTrainer } from '../../finetune/fineTune.ts';
import { memoryTooSmall } from '../../kernel/kernelErrors.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { checkSetting, PROMPT } from '../../run/setting.ts';
import { openSubject } from '../run/kernelSubject.ts';
import { kernelInputs } from '../run/readInputs.ts';
import { asJson, subjectIdentity } from '../run/subjectIdentity.ts';
import type { FineTuneIdentity, FineTuneRunResult } from './fineTuneRecord.ts';
import { fineTuneResult } from './fineTuneResult.ts';
import type { FineTuneRunOptions } from './fineTuneRunOptions.ts';
import { FineTuneWork } from './fineTuneWork.ts';
import { countsOf, measurePace, type Pace, secondsOfRun } from './pace.ts';
import { saveChosen } from './saveChosen.ts';
import { trainingOf } from './trainingOf.ts';

/** What is fixed at the first start of a run. */
interface FineTunePlan {
  readonly threads: number;
  readonly pace: Pace;
}

const REPORT_FILE = 'report.html';

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the
 * errors of reading models and data, of prompts, draws and selections, of {@link fineTune} and of run folders;
 * {@link UserError} `lm.memory-too-small`.
 */
export async function runFineTune(options: FineTuneRunOptions, read?: KernelInputs): Promise<FineTuneRunResult> {
  const started = performance.now();
  const inputs = read ?? (await kernelInputs(options));
  checkSetting(options.setting ?? PROMPT, options.task, inputs.data);
  const subject = await openSubject(options, inputs);
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  const engineOf = (threads: number): Engine => {
    engine ??= options.engine(threads);
    return engine;
  };
  try {
    run = await openRun<Json>({
      folder: options.out,
      identity: await identityOf(options, inputs),
      plan: async () => {
        const { grid, seeds, threads } = options;
        const point = { batch: Math.max(...grid.batches), rate: Math.min(...grid.rates) };
        const own = { model: subject.model, trainer: engineTrainer(engineOf(threads)) };
        const seed = required(seeds[0], 'seed of a draw');
        const pace = await measurePace(trainingOf({ options, inputs, subject }, own, seed, point), grid.batches);
        if (options.strictMemory === true && pace.bytes > options.memory)
          throw memoryTooSmall(options.memory, pace.bytes);
        return asJson({ threads, pace });
      },
      ...(options.files === undefined ? {} : { files: options.files }),
      ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    });
    const stored = run.result as unknown as FineTuneRunResult | undefined; // as this function wrote it
    if (stored !== undefined && (options.report === undefined || (await run.hasFile(REPORT_FILE)))) {
      return Object.assign({}, stored, { out: options.out, stored: true });
    }
    const { threads, pace } = run.plan as unknown as FineTunePlan; // as this function made it
    if (threads !== options.threads) options.onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
    const forecast = secondsOfRun(pace, options, countsOf(inputs));
    options.onForecast?.({ bytes: pace.bytes, seconds: forecast, resumed: run.resumed });
    const work = await FineTuneWork.open({ options, inputs, subject, run, engine: engineOf(threads), pace });
    const { points, scored } = await work.points();
    const chosen = await work.chosen(points);
    const before = await work.before();
    const records = chosen.map(({ record }) => record);
    const saved = await saveChosen({ options, inputs, subject }, records, work, run);
    const result = fineTuneResult({
      options,
      inputs,
      subject,
      points,
      scored,
      chosen,
      before,
      saved,
      forecastBytes: pace.bytes,
      seconds: (performance.now() - started) / 1000,
    });
    if (options.report !== undefined)
      await run.writeFile(REPORT_FILE, await options.report({ result, inputs, points }));
    await run.finish(asJson(result));
    return result;
  } finally {
    await engine?.release();
    await run?.close();
    await subject.model.close();
  }
}

async function identityOf(options: FineTuneRunOptions, inputs: KernelInputs): Promise<FineTuneIdentity> {
  const { optimizerIdentity, scheduled, clipNorm, grid, steps, evaluateEvery } = options;
  return {
    job: 'finetune',
    ...(await subjectIdentity(options, inputs)),
    optimizer: optimizerIdentity,
    schedule: scheduled?.text ?? null,
    clipNorm: clipNorm ?? null,
    grid: asJson(grid),
    steps,
    evaluateEvery,
  };
}
