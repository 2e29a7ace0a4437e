/** Parts of predictions by layer and token, computed in this page by the embedded model, for runs that are of it. */

import { signal } from '@preact/signals';
import type { Explanation, KernelKind } from 'nexort/lm';
import { digits } from '../limit/words.ts';
import { messageOf } from '../problem/read.ts';
import { UNASKED, type Work } from '../shell/work.ts';
import type { ExplainJob } from '../work/explain.ts';
import type { ExplainAt, ModelJobs } from '../work/model.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import type { Explained, RunFits } from './fits.ts';
import { BETWEEN, type DrawKernel } from './kernels.ts';

/** Kernels whose gradients need the model and the text alone. */
const KINDS: readonly string[] = ['sgd', 'signgd', 'a-signgd'] satisfies readonly KernelKind[];
/** Of what a logit is a sum of: how far numbers of another engine may be from the run's. */
const SAME = 1e-3;

/** An example of a draw, with what its parts are computed of, or why they are not computed here. */
export interface Asked {
  readonly key: string;
  /** As the run has it. */
  readonly shown: Explained;
  readonly job: ExplainJob | string;
}

export class LiveParts {
  /** By example. */
  readonly found = signal<ReadonlyMap<string, Explanation>>(new Map());
  /** Of one example at a time. */
  readonly work = signal<{ readonly key: string; readonly work: Work } | undefined>(undefined);
  readonly #pool: Pool<ModelJobs>;
  readonly #folder: string;
  readonly #model: Readonly<Record<string, unknown>>;
  #running: Running<unknown> | undefined;
  /** Seconds for each training example and the text, once one is explained. */
  #pace: number | undefined;

  /** `model` has the SHA-256 of the embedded model's files, which `folder` gives. */
  constructor(pool: Pool<ModelJobs>, folder: string, model: Readonly<Record<string, unknown>>) {
    this.#pool = pool;
    this.#folder = folder;
    this.#model = model;
  }

  asked(fits: RunFits, kernel: DrawKernel, shown: Explained): Asked {
    const key = JSON.stringify([fits.task, fits.model.parameters, kernel.name, shown.row, shown.text, shown.logit]);
    return { key, shown, job: jobOf(fits, kernel, shown, this.#model) };
  }

  workOf({ key }: Asked): Work {
    const { value } = this.work;
    return value?.key === key ? value.work : { kind: 'idle' };
  }

  /** Begins by itself where the model is there and it does not take long. */
  async offer(asked: Asked): Promise<void> {
    const { job } = asked;
    if (typeof job === 'string' || this.#pace === undefined || this.found.peek().has(asked.key)) return;
    if (this.#pace * (job.draw.train.length + 1) <= UNASKED) await this.#explain(asked, job);
  }

  /** Forecasts it, and begins where it does not take long. */
  async plan(asked: Asked): Promise<void> {
    const { job } = asked;
    if (typeof job === 'string') return;
    this.cancel();
    this.#tell(asked, { kind: 'planning' });
    await this.#told(asked, async () => {
      const planning = this.#pool.run('forecast', this.#at(job), ({ words }) =>
        this.#tell(asked, { kind: 'planning', words }),
      );
      this.#running = planning;
      const seconds = await planning.result;
      if (seconds > UNASKED) this.#tell(asked, { kind: 'asked', seconds });
      else await this.#explain(asked, job);
    });
  }

  /** Begins what was asked about. */
  async explain(asked: Asked): Promise<void> {
    if (typeof asked.job !== 'string') await this.#explain(asked, asked.job);
  }

  cancel(): void {
    this.#running?.giveUp();
    this.#running = undefined;
    this.work.value = undefined;
  }

  async #explain(asked: Asked, job: ExplainJob): Promise<void> {
    this.cancel();
    const start = performance.now();
    const passed = (): number => (performance.now() - start) / 1000;
    this.#tell(asked, { kind: 'working', share: 0 });
    await this.#told(asked, async () => {
      const running = this.#pool.run('explain', this.#at(job), ({ share }) => {
        if (share > 0) this.#tell(asked, { kind: 'working', share, secondsLeft: (passed() * (1 - share)) / share });
      });
      this.#running = running;
      const explanation = await running.result;
      this.#pace = passed() / (job.draw.train.length + 1);
      expectSame(explanation, asked.shown);
      this.found.value = new Map([...this.found.peek(), [asked.key, explanation]]);
      this.work.value = undefined;
    });
  }

  #at(job: ExplainJob): ExplainAt {
    return { ...job, folder: this.#folder };
  }

  #tell({ key }: Asked, work: Work): void {
    this.work.value = { key, work };
  }

  async #told(asked: Asked, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof WorkError && error.code === GIVEN_UP) return;
      this.#tell(asked, { kind: 'failed', message: messageOf(error) });
    }
  }
}

/** What is computed, or why it is not here. */
function jobOf(
  { kernels, model }: RunFits,
  { kind, seed, seconds }: DrawKernel,
  { text, row, contributions }: Explained,
  embedded: Readonly<Record<string, unknown>>,
): ExplainJob | string {
  const draw = kernels[kind]?.find((one) => one.seed === seed);
  const { task, parameters, untie, isPlain, fingerprint } = model;
  if (draw === undefined || contributions.length === 0) return 'There is nothing to split.';
  if (draw.predictor.signedCoefficients !== undefined)
    return 'An asymmetric machine of two kernels is explained by training examples alone.';
  const names = Object.keys({ ...embedded, ...fingerprint });
  if (!names.every((name) => embedded[name] === fingerprint[name]))
    return 'The run is of another model than the embedded one, which is the only one that this page has.';
  if (!isPlain)
    return 'The run is of the embedded model with a head or changes of its own, which this page does not have.';
  if (!KINDS.includes(kind)) return `The kernel ${kind} needs a file of second moments, which this page does not have.`;
  const second = seconds?.[row];
  const example =
    second === undefined
      ? { text }
      : { text: text.slice(0, text.length - BETWEEN.length - second.length), text2: second };
  return { task, kind: kind as KernelKind, parameters, untie, draw, example }; // one of those above
}

/** Throws where what was computed is not of what the run has. */
function expectSame(
  { label, logit }: Explanation,
  { label: own, logit: told, contributions, initial }: Explained,
): void {
  const size = contributions.reduce((sum, { weight }) => sum + Math.abs(weight), Math.abs(initial));
  if (label === own && Math.abs(logit - told) <= SAME * size) return;
  throw new Error(
    `The model beside these pages gives “${label}” with the logit ${digits(logit)}, and the run “${own}” with ${digits(told)}: they are not of one model, or the text is cut in the file of kernels.`,
  );
}
