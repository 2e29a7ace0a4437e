/** Exponents that the phase page measures. */

import { signal } from '@preact/signals';
import type { CoordResult } from 'nexort/experiments';
import { describe, expect, it } from 'vitest';
import { layersOf, Measurement, movementOf } from '../../studio/src/phase/measurement.ts';
import { columnsOf } from '../../studio/src/problem/exponents.ts';
import { type MeasureJobs, measureExponents } from '../../studio/src/work/measure.ts';
import { Pool, type WorkerLike } from '../../studio/src/work/pool.ts';

const asked = (name: string, depth = 1, optimizer = 'sgd') => ({
  ...columnsOf(name),
  depth: String(depth),
  optimizer,
});

describe('measured exponents', () => {
  it('of a network with one hidden layer agree with the classification', async () => {
    const result = await measureExponents({ columns: columnsOf('ntp'), depth: 1, optimizer: 'sgd' });
    const layers = layersOf(result);
    expect(layers.map(({ layer }) => layer)).toEqual(['layer 1', 'output']);
    expect(layers[0]?.change.predicted).toBe(-0.5);
    const { r, low, high } = movementOf(result) ?? expect.fail('nothing moves');
    expect(low).toBeLessThanOrEqual(0.5);
    expect(high).toBeGreaterThanOrEqual(0.5);
    expect(r).toBeGreaterThan(low);
  });

  it('ask for an optimizer that trains', () => {
    expect(() => measureExponents({ columns: columnsOf('ntp'), depth: 1, optimizer: 'none' })).toThrow(/none/);
  });
});

/** Answers when it is told to. */
class Waiting implements WorkerLike {
  readonly asked: { readonly id: number }[] = [];
  isTerminated = false;
  answer: (event: { readonly data: unknown }) => void = () => {};

  addEventListener(type: 'message' | 'error', listener: (event: never) => void): void {
    if (type === 'message') this.answer = listener as (event: { readonly data: unknown }) => void; // of its type
  }

  postMessage(message: unknown): void {
    this.asked.push(message as { id: number }); // a question of the pool
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

describe('a measurement', () => {
  const workers: Waiting[] = [];
  const pool = (): Pool<MeasureJobs> =>
    new Pool<MeasureJobs>(() => {
      const worker = new Waiting();
      workers.push(worker);
      return worker;
    }, 1);

  it('shows its progress, is canceled, and belongs to what was asked', async () => {
    const told = signal(asked('mup'));
    const measurement = new Measurement(told, pool);
    expect(measurement.state.value).toBeUndefined();
    measurement.start();
    const [first] = workers;
    first?.answer({ data: { id: first.asked[0]?.id, kind: 'part', value: 0.5 } });
    expect(measurement.state.value?.share).toBe(0.5);
    measurement.cancel();
    expect(measurement.state.value).toBeUndefined();
    expect(first?.isTerminated).toBe(true);
    measurement.start();
    const second = workers[1] ?? expect.fail('no worker');
    const result = { measured: [], steps: 1 } as unknown as CoordResult; // what is read of it
    second.answer({ data: { id: second.asked[0]?.id, kind: 'done', value: result } });
    await Promise.resolve();
    expect(measurement.state.value?.result).toEqual(result);
    told.value = asked('ntp');
    expect(measurement.state.value).toBeUndefined();
    told.value = asked('mup');
    expect(measurement.state.value?.result).toEqual(result);
  });

  it('tells why it failed', async () => {
    const measurement = new Measurement(signal(asked('mup')), pool);
    measurement.start();
    const worker = workers.at(-1) ?? expect.fail('no worker');
    worker.answer({ data: { id: worker.asked[0]?.id, kind: 'failed', code: 'a', message: 'It has no optimizer.' } });
    await Promise.resolve();
    await Promise.resolve();
    expect(measurement.state.value?.failure).toBe('It has no optimizer.');
  });
});
