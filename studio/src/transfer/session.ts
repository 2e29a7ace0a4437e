/** What the transfer page holds: fields, networks that are trained, results that were opened. */

import { computed, signal } from '@preact/signals';
import { type Cell, type CoordResult, nameOf, type TransferResult } from 'nexort/experiments';
import { type CoordView, readResult, type TransferView } from '../runs/results.ts';
import { UNASKED, type Work } from '../shell/work.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import type { SweepJobs, SweepPlan } from '../work/sweep.ts';
import { DEFAULTS, FIELDS, type Field, type Fields, readFields } from './fields.ts';
import type { CoordSpec, SweepSpec } from './spec.ts';

/** A file of results is no larger. */
const MOST_BYTES = 128 * 2 ** 20;

export class TransferSession {
  readonly usual: Readonly<Record<string, string>> = DEFAULTS;
  readonly told = signal<Fields>(DEFAULTS);
  readonly read = computed(() => readFields(this.told.value));
  readonly sweepWork = signal<Work>({ kind: 'idle' });
  readonly coordWork = signal<Work>({ kind: 'idle' });
  /** As far as it has come, or as it was opened. */
  readonly sweep = signal<TransferView | undefined>(undefined);
  readonly coord = signal<CoordView | undefined>(undefined);
  /** What was computed here, as the commands print it with --json. */
  readonly computed = signal<Readonly<Partial<Record<'sweep' | 'coord', TransferResult | CoordResult | undefined>>>>(
    {},
  );
  /** What was told of what is shown, where it was computed here: fields may say something else by now. */
  readonly shown = signal<{ readonly sweep?: SweepSpec | undefined; readonly coord?: CoordSpec | undefined }>({});
  /** Where what is shown is from. */
  readonly from = signal<Readonly<Partial<Record<'sweep' | 'coord', string>>>>({});
  readonly problems = signal<readonly string[]>([]);
  readonly #pool: Pool<SweepJobs>;
  readonly #workers: number;
  /** Of the sweep that was begun last: one that is cancelled goes on from them. */
  #cells: { readonly name: string; readonly known: Map<string, Cell> } = { name: '', known: new Map() };
  /** The sweep that was asked about. */
  #plan: SweepPlan | undefined;
  #running: readonly Running<unknown>[] = [];
  #checking: Running<unknown> | undefined;

  constructor(pool: Pool<SweepJobs>, workers: number) {
    this.#pool = pool;
    this.#workers = workers;
  }

  tell(told: Readonly<Record<string, string>>): void {
    const known = Object.entries(told).filter(([name]) => FIELDS.some((field) => field === name));
    this.told.value = { ...DEFAULTS, ...Object.fromEntries(known) };
    this.#unask();
  }

  change(field: Field, value: string): void {
    this.told.value = { ...this.told.peek(), [field]: value };
    this.#unask();
  }

  /** What was asked about is no longer what the fields say. */
  #unask(): void {
    for (const work of [this.sweepWork, this.coordWork])
      if (work.peek().kind === 'asked') work.value = { kind: 'idle' };
  }

  /** Forecasts a sweep, and begins where it does not take long. */
  async plan(): Promise<void> {
    const { sweep: spec } = this.read.peek();
    if (spec === undefined) return;
    this.cancel();
    this.sweepWork.value = { kind: 'planning' };
    await this.#told(this.sweepWork, async () => {
      const planning = this.#pool.run('plan', spec);
      this.#running = [planning];
      const plan = await planning.result;
      const seconds = plan.seconds / this.#workers;
      this.#plan = plan;
      if (seconds > UNASKED) this.sweepWork.value = { kind: 'asked', seconds };
      else await this.#train(spec, plan);
    });
  }

  /** Begins what was asked about. */
  async train(): Promise<void> {
    const { sweep: spec } = this.read.peek();
    const plan = this.#plan;
    if (this.sweepWork.peek().kind === 'asked' && spec !== undefined && plan !== undefined)
      await this.#told(this.sweepWork, () => this.#train(spec, plan));
  }

  async #train(spec: SweepSpec, { keys, works, seconds }: SweepPlan): Promise<void> {
    const name = JSON.stringify(spec);
    if (this.#cells.name !== name) this.#cells = { name, known: new Map() };
    const { known } = this.#cells;
    const total = works.reduce((sum, work) => sum + work, 0);
    const start = performance.now();
    const doneOf = (): number => works.reduce((sum, work, k) => sum + (isKnown(known, keys[k]) ? work : 0), 0);
    const before = doneOf();
    const tell = (): void => {
      const done = doneOf();
      const passed = (performance.now() - start) / 1000;
      const pace = done > before ? passed / (done - before) : seconds / this.#workers / total;
      this.sweepWork.value = { kind: 'working', share: done / total, secondsLeft: (total - done) * pace };
      this.sweep.value = partialView(spec, [...known.values()]);
      this.from.value = { ...this.from.peek(), sweep: 'Computed in this page.' };
    };
    this.computed.value = { ...this.computed.peek(), sweep: undefined };
    this.shown.value = { ...this.shown.peek(), sweep: spec };
    tell();
    const missing = keys.filter((key) => !isKnown(known, key));
    const running = missing.map((key) => this.#pool.run('network', { spec, key }));
    this.#running = running;
    await Promise.all(
      running.map(async ({ result }) => {
        const cell = await result;
        known.set(nameOf(cell), cell);
        tell();
      }),
    );
    const judging = this.#pool.run('judge', { spec, cells: [...known.values()] });
    this.#running = [judging];
    const result = await judging.result;
    this.sweep.value = viewOf(result);
    this.computed.value = { ...this.computed.peek(), sweep: result };
    this.sweepWork.value = { kind: 'idle' };
  }

  /** Lets the sweep go; what is trained is kept. */
  cancel(): void {
    for (const one of this.#running) one.giveUp();
    this.#running = [];
    this.sweepWork.value = { kind: 'idle' };
  }

  /** Forecasts a check, and begins where it does not take long. */
  async planCheck(): Promise<void> {
    const { coord: spec } = this.read.peek();
    if (spec === undefined) return;
    this.cancelCheck();
    this.coordWork.value = { kind: 'planning' };
    await this.#told(this.coordWork, async () => {
      const planning = this.#pool.run('planCoord', spec);
      this.#checking = planning;
      const seconds = await planning.result;
      if (seconds > UNASKED) this.coordWork.value = { kind: 'asked', seconds };
      else await this.#check(spec, seconds);
    });
  }

  /** Begins what was asked about. */
  async check(): Promise<void> {
    const { value: work } = this.coordWork;
    const { coord: spec } = this.read.peek();
    if (work.kind === 'asked' && spec !== undefined)
      await this.#told(this.coordWork, () => this.#check(spec, work.seconds));
  }

  async #check(spec: CoordSpec, seconds: number): Promise<void> {
    const start = performance.now();
    this.coordWork.value = { kind: 'working', share: 0, secondsLeft: seconds };
    const checking = this.#pool.run('coord', spec, (share) => {
      const passed = (performance.now() - start) / 1000;
      this.coordWork.value = { kind: 'working', share, secondsLeft: (passed * (1 - share)) / share };
    });
    this.#checking = checking;
    const result = await checking.result;
    const found = readResult(JSON.parse(JSON.stringify(result)));
    if (found.kind === 'coord') this.coord.value = found;
    this.computed.value = { ...this.computed.peek(), coord: result };
    this.shown.value = { ...this.shown.peek(), coord: spec };
    this.from.value = { ...this.from.peek(), coord: 'Computed in this page.' };
    this.coordWork.value = { kind: 'idle' };
  }

  cancelCheck(): void {
    this.#checking?.giveUp();
    this.#checking = undefined;
    this.coordWork.value = { kind: 'idle' };
  }

  async #told(work: { value: Work }, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof WorkError && error.code === GIVEN_UP) return;
      for (const one of this.#running) one.giveUp();
      this.#running = [];
      work.value = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Opens what commands have printed. */
  async open(files: readonly File[]): Promise<void> {
    const problems: string[] = [];
    for (const file of files) {
      try {
        if (file.size > MOST_BYTES)
          throw new Error(`It has ${Math.round(file.size / 2 ** 20)} MB, and is no such result.`);
        const found = readResult(JSON.parse(await file.text()));
        if (found.kind !== 'transfer' && found.kind !== 'coord')
          throw new Error(
            'It is of another command: the page Runs shows it. Expected nexort transfer or coord with --json.',
          );
        if (found.kind === 'transfer') {
          this.cancel();
          this.sweep.value = found;
        } else {
          this.cancelCheck();
          this.coord.value = found;
        }
        const of = found.kind === 'transfer' ? 'sweep' : 'coord';
        this.computed.value = { ...this.computed.peek(), [of]: undefined };
        this.shown.value = { ...this.shown.peek(), [of]: undefined };
        this.from.value = { ...this.from.peek(), [of]: `From ${file.name}.` };
      } catch (error) {
        problems.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.problems.value = problems;
  }
}

const isKnown = (known: ReadonlyMap<string, Cell>, key: Parameters<typeof nameOf>[0] | undefined): boolean =>
  key !== undefined && known.has(nameOf(key));

/** By way of JSON, as the page reads what the command prints. */
function viewOf(result: TransferResult): TransferView | undefined {
  const found = readResult(JSON.parse(JSON.stringify(result)));
  return found.kind === 'transfer' ? found : undefined;
}

/** Means over the seeds that are there; without a best value and a verdict, which need all. */
function partialView({ widths, rates, parametrizations, optimizer }: SweepSpec, cells: readonly Cell[]): TransferView {
  const names = [...new Set(cells.map(({ parametrization }) => parametrization))];
  return {
    kind: 'transfer',
    swept: 'learning rate',
    optimizer,
    chance: Number.NaN,
    sweeps: (names.length === 0 ? parametrizations : names).map((parametrization) => ({
      parametrization,
      text: 'Networks are being trained: what stands here is the mean of those that are.',
      verdict: '',
      widths: widths.map((width) => ({
        width,
        optimum: Number.NaN,
        points: rates.map((value) => {
          const losses = cells
            .filter((one) => one.parametrization === parametrization && one.width === width && one.value === value)
            .flatMap(({ loss }) => (loss === null ? [] : [loss]));
          const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
          return { value, loss, standardError: Number.NaN };
        }),
      })),
    })),
  };
}
