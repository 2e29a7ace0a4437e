/** The time of work in several parts, told from what has been done of each. */

import { required } from '../../errors/index.ts';
import type { Keep } from '../../kets/index.ts';

interface Part {
  readonly seconds: number;
  readonly done: number;
}

/** Seconds that parts take in all and shares of them that are done. */
export class WorkClock {
  readonly #began = performance.now();
  readonly #parts = new Map<string, Part>();
  readonly #measuredFrom = new Map<string, number>();
  readonly #keep: Keep | undefined;
  #handedOut = 0;
  #share = 0;

  constructor(keep: Keep | undefined) {
    this.#keep = keep;
  }

  /** As the caller's `keep`, taking note of what had been kept before. */
  readonly kept: Keep = async <Kept>(name: string, compute: () => Promise<Kept>): Promise<Kept> => {
    if (this.#keep === undefined) return compute();
    let isComputed = false;
    const result = await this.#keep(name, () => {
      isComputed = true;
      return compute();
    });
    if (!isComputed) this.#handedOut++;
    return result;
  };

  /** Whether nothing so far had been kept before, so that times tell what work takes. */
  get isFresh(): boolean {
    return this.#handedOut === 0;
  }

  /** Since the start. */
  seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** A part that takes so many seconds in all. */
  expect(part: string, seconds: number): void {
    this.#parts.set(part, { seconds, done: 0 });
  }

  /** This share of a part is done. */
  finish(part: string, done: number): void {
    const { seconds } = required(this.#parts.get(part), `part "${part}" of work`);
    this.#parts.set(part, { seconds, done });
  }

  /** This share of a part is done, which began when all others stopped. */
  measure(part: string, done: number): void {
    const from = this.#measuredFrom.get(part) ?? this.#spent();
    this.#measuredFrom.set(part, from);
    this.#parts.set(part, { seconds: (this.seconds() - from) / done, done });
  }

  /** Seconds of all parts. */
  expected(): number {
    return [...this.#parts.values()].reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Of them, the share that is done. */
  share(): number {
    const whole = this.expected();
    // What is expected changes as more is measured; what is done does not become less.
    if (whole > 0) this.#share = Math.max(this.#share, Math.min(1, this.#spent() / whole));
    return this.#share;
  }

  #spent(): number {
    return [...this.#parts.values()].reduce((sum, { seconds, done }) => sum + done * seconds, 0);
  }
}
