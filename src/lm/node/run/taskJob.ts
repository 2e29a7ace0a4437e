/** A run that trains on a task, from its folder to its end: what all such runs do alike. */

import type { Engine } from '../../../finite/index.ts';
import { type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { memoryTooSmall } from '../../kernel/kernelErrors.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { checkSetting, PROMPT } from '../../run/setting.ts';
import type { TaskRunOptions } from './kernelRunOptions.ts';
import { openSubject, type RunSubject } from './kernelSubject.ts';
import { kernelInputs } from './readInputs.ts';
import { asJson } from './subjectIdentity.ts';

const REPORT_FILE = 'report.html';

/** What a job has before its folder is open. */
interface Begun {
  readonly inputs: KernelInputs;
  readonly subject: RunSubject;
  readonly engine: Engine;
}

/** What a job has for its work. */
export interface AtWork<Plan> extends Begun {
  readonly run: RunFolder<Json>;
  readonly plan: Plan;
  /** As the run was begun with. */
  readonly threads: number;
  /** Seconds since this start. */
  seconds(): number;
}

/** What a job does in its own way. */
export interface TaskJob<Plan extends object, Result extends object> {
  /** What decides the run's numbers. */
  identity(inputs: KernelInputs): Promise<Parameters<typeof openRun<Json>>[0]['identity']>;
  /** What is fixed at the first start, besides the number of threads. */
  plan(begun: Begun): Promise<Plan>;
  /** Most bytes of the process. */
  bytesOf(plan: Plan): number;
  /** The work; `report` makes its page, where one is asked for. */
  work(given: AtWork<Plan>): Promise<{ readonly result: Result; readonly report?: () => Promise<string> }>;
}

/**
 * Does a job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the errors of
 * reading models and data, of prompts and draws, of the job and of run folders; {@link UserError} `lm.memory-too-small`.
 */
export async function runTaskJob<Plan extends object, Result extends object>(
  options: TaskRunOptions & { readonly report?: unknown },
  read: KernelInputs | undefined,
  job: TaskJob<Plan, Result>,
): Promise<Result> {
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
      identity: await job.identity(inputs),
      plan: async () => {
        const { threads, strictMemory, memory } = options;
        const plan = await job.plan({ inputs, subject, engine: engineOf(threads) });
        const bytes = job.bytesOf(plan);
        if (strictMemory === true && bytes > memory) throw memoryTooSmall(memory, bytes);
        return asJson(Object.assign({ threads }, plan));
      },
      ...(options.files === undefined ? {} : { files: options.files }),
      ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    });
    const stored = run.result as unknown as Result | undefined; // as this function wrote it
    if (stored !== undefined && (options.report === undefined || (await run.hasFile(REPORT_FILE)))) {
      return Object.assign({}, stored, { out: options.out, stored: true });
    }
    const plan = run.plan as unknown as Plan & { readonly threads: number }; // as this function made it
    const { threads } = plan;
    if (threads !== options.threads) options.onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
    const seconds = (): number => (performance.now() - started) / 1000;
    const { result, report } = await job.work({
      inputs,
      subject,
      engine: engineOf(threads),
      run,
      plan,
      threads,
      seconds,
    });
    if (report !== undefined) await run.writeFile(REPORT_FILE, await report());
    await run.finish(asJson(result));
    return result;
  } finally {
    await engine?.release();
    await run?.close();
    await subject.model.close();
  }
}
