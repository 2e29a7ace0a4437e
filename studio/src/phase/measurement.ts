/** Exponents that small networks have, measured when they are asked for, beside those that are predicted. */

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CoordResult, Measured } from 'nexort/experiments';
import type { Columns } from '../problem/exponents.ts';
import { messageOf } from '../problem/read.ts';
import type { MeasureJob, MeasureJobs } from '../work/measure.ts';
import { GIVEN_UP, type Pool, type Running, WorkError } from '../work/pool.ts';
import { measurePool } from '../work/pools.ts';

type Asked = Columns & { readonly depth: string; readonly optimizer: string };

/** What was asked, and what came of it. */
interface State {
  readonly key: string;
  readonly share: number;
  readonly result?: CoordResult;
  readonly failure?: string;
}

export class Measurement {
  readonly #told: ReadonlySignal<Asked>;
  readonly #make: () => Pool<MeasureJobs>;
  #pool: Pool<MeasureJobs> | undefined;
  #running: Running<unknown> | undefined;
  readonly #state = signal<State | undefined>(undefined);
  /** Of what is told now; undefined where nothing was measured of it. */
  readonly state = computed(() => {
    const { value: state } = this.#state;
    return state?.key === keyOf(this.#told.value) ? state : undefined;
  });

  constructor(told: ReadonlySignal<Asked>, make: () => Pool<MeasureJobs> = measurePool) {
    this.#told = told;
    this.#make = make;
  }

  start(): void {
    this.cancel();
    const told = this.#told.peek();
    const key = keyOf(told);
    const { depth, optimizer, a, b, c, d } = told;
    const job: MeasureJob = { columns: { a, b, c, d }, depth: Number(depth), optimizer };
    this.#state.value = { key, share: 0 };
    this.#pool ??= this.#make();
    const running = this.#pool.run('measure', job, (share) => {
      if (this.#running === running) this.#state.value = { key, share };
    });
    this.#running = running;
    running.result.then(
      (result) => this.#end({ key, share: 1, result }, running),
      (error: unknown) => {
        if (error instanceof WorkError && error.code === GIVEN_UP) return;
        this.#end({ key, share: 1, failure: messageOf(error) }, running);
      },
    );
  }

  /** Lets what is running go; what was measured before is gone too. */
  cancel(): void {
    this.#running?.giveUp();
    this.#running = undefined;
    this.#state.value = undefined;
  }

  #end(state: State, running: Running<unknown>): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#state.value = state;
  }
}

const keyOf = ({ a, b, c, d, depth, optimizer }: Asked): string => JSON.stringify([a, b, c, d, depth, optimizer]);

/** One layer: how it starts, how the first update moves it, and what Q sees. */
export interface MeasuredLayer {
  readonly layer: string;
  readonly start: Measured;
  readonly change: Measured;
  readonly seen: Measured;
}

export function layersOf({ measured, steps }: CoordResult): MeasuredLayer[] {
  const names = [...new Set(measured.map(({ layer }) => layer))];
  const of = (layer: string, quantity: Measured['quantity'], step: number): Measured | undefined =>
    measured.find((one) => one.layer === layer && one.quantity === quantity && one.step === step);
  return names.flatMap((layer) => {
    const [start, change, seen] = [
      of(layer, 'preactivation', 0),
      of(layer, 'change', steps),
      of(layer, 'update input', 0),
    ];
    return start === undefined || change === undefined || seen === undefined ? [] : [{ layer, start, change, seen }];
  });
}

/** Features move by n^(-r): r of the hidden layer that moves most, with its interval at 95 %. */
export interface MeasuredMovement {
  readonly r: number;
  readonly low: number;
  readonly high: number;
}

export function movementOf(result: CoordResult): MeasuredMovement | undefined {
  const moved = layersOf(result)
    .slice(0, -1)
    .map(({ change }) => change)
    .filter(({ exponent }) => exponent !== undefined && Number.isFinite(exponent));
  const [most] = moved.sort((p, q) => (q.exponent ?? 0) - (p.exponent ?? 0));
  if (most?.exponent === undefined) return undefined;
  const [low, high] = most.interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { r: -most.exponent, low: -high, high: -low };
}
