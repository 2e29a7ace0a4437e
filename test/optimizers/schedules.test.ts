import { describe, expect, test } from 'vitest';
import { schedule, schedules } from '../../src/optimizers/index.ts';
import { argument, type Expr, evaluate, mul } from '../../src/program/index.ts';
import { expectClose as expectNumbers, messageOf } from '../program/support.ts';
import { describeWithShared } from '../support/shared.ts';
import { readReference } from './torch.ts';

const TOLERANCE = 1e-12;
const at = (factor: Expr, t: number): number => evaluate(factor, {})([t]);
const firstSteps = (factor: Expr, count: number): number[] => Array.from({ length: count }, (_, t) => at(factor, t));

const expectClose = (actual: readonly number[], expected: readonly number[]): void =>
  expectNumbers(actual, expected, TOLERANCE, 'factors');

describeWithShared('schedules follow PyTorch step by step', 'reference/optim/_lr_schedules.json', (path) => {
  interface Reference {
    readonly base_lr: number;
    readonly lr_per_step: Readonly<Record<string, readonly number[]>>;
  }
  const { base_lr: base, lr_per_step: rates } = readReference<Reference>(path.replace(/[^/]+$/, ''), '_lr_schedules');
  const ours: Readonly<Record<string, Expr>> = {
    cosine: schedule('cosine', { steps: 20, end: 0.01 }),
    cosine_restarts: schedule('cosine-restarts', { steps: 6, growth: 2 }),
    step: schedule('step', { every: 5, gamma: 0.5 }),
    exponential: schedule('exponential', { gamma: 0.9 }),
    linear: schedule('linear', { start: 0.1, end: 1, steps: 8 }),
    poly: schedule('polynomial', { steps: 15, power: 2 }),
    onecycle: schedule('one-cycle', { steps: 25 }),
  };

  test('all of them', () => expect(Object.keys(ours)).toEqual(Object.keys(rates)));

  test.each(Object.keys(rates))('%s', (name) => {
    const factor = ours[name];
    const expected = rates[name] ?? [];
    expectClose(firstSteps(mul(base, factor ?? argument(1)), expected.length), expected);
  });
});

describe('schedules by their formulas', () => {
  test('a constant', () => expect(firstSteps(schedule('constant'), 3)).toEqual([1, 1, 1]));

  test('the inverse square root falls to √½ at its timescale', () => {
    const factor = schedule('inverse-sqrt', { timescale: 16 });
    expectClose(
      [0, 16, 48, 240].map((t) => at(factor, t)),
      [1, Math.SQRT1_2, 0.5, 0.25],
    );
  });

  test('a cosine goes up again, or stays', () => {
    const end = { steps: 10, end: 0.2 };
    expect(at(schedule('cosine', end), 20)).toBeCloseTo(1, 12);
    expect(at(schedule('cosine', { ...end, hold: true }), 20)).toBeCloseTo(0.2, 12);
    expect(at(schedule('cosine', { ...end, hold: true }), 4)).toBe(at(schedule('cosine', end), 4));
  });

  test('a polynomial with an end', () => {
    expectClose(firstSteps(schedule('polynomial', { steps: 4, end: 0.2 }), 6), [1, 0.8, 0.6, 0.4, 0.2, 0.2]);
  });

  test.each([1, 2, 3, 7, 10, 100, 12345])('falls every %i steps at exactly those steps', (every) => {
    const factor = schedule('step', { every, gamma: 0.5 });
    for (const periods of [0, 1, 2, 5, 31, 900]) {
      for (const t of [every * periods, every * periods + every - 1]) expect(at(factor, t)).toBe(0.5 ** periods);
    }
  });

  test.each([1, 2, 3])('restarts from 1 in periods that grow %i-fold', (growth) => {
    const factor = schedule('cosine-restarts', { steps: 5, growth });
    let start = 0;
    for (let period = 5; start < 3000; period *= growth) {
      expect(at(factor, start)).toBe(1);
      expect(at(factor, start + period - 1)).toBeCloseTo((1 + Math.cos((Math.PI * (period - 1)) / period)) / 2, 12);
      start += period;
    }
  });

  /** transformers.get_linear_schedule_with_warmup and get_cosine_schedule_with_warmup, by their formulas. */
  test('a warm-up before any of them', () => {
    const [warmUp, total] = [4, 20];
    const share = (t: number): number => Math.min(1, (t - warmUp) / (total - warmUp));
    const expected = (later: (t: number) => number): number[] =>
      Array.from({ length: 24 }, (_, t) => (t < warmUp ? t / warmUp : later(t)));
    const steps = total - warmUp;
    expectClose(
      firstSteps(schedule('linear', { steps, warmUp }), 24),
      expected((t) => 1 - share(t)),
    );
    expectClose(
      firstSteps(schedule('cosine', { steps, warmUp, hold: true }), 24),
      expected((t) => (1 + Math.cos(Math.PI * share(t))) / 2),
    );
    // transformers.get_inverse_sqrt_schedule with its default timescale.
    expectClose(
      firstSteps(schedule('inverse-sqrt', { timescale: warmUp, warmUp }), 24),
      expected((t) => 1 / Math.sqrt(t / warmUp)),
    );
    expectClose(firstSteps(schedule('constant', { warmUp: 2, warmUpFrom: 0.5 }), 4), [0.5, 0.75, 1, 1]);
  });
});

describe('mistakes', () => {
  test('a name that no schedule has', () => {
    expect(messageOf(() => schedule('cosin', { steps: 3 }))).toBe(
      `no schedule is called "cosin". Did you mean "cosine"? There are: ${Object.keys(schedules).join(', ')}.`,
    );
  });

  test('settings, all at once', () => {
    expect(messageOf(() => schedule('polynomial', { power: 0, stpes: 5, warmUp: 1.5 }))).toBe(
      [
        'schedule "polynomial":',
        '  stpes is not one of its settings. Did you mean "steps"? It has: steps, power, end, warmUp, warmUpFrom.',
        '  steps is missing, expected a whole number at least 1.',
        '  power is 0, expected a number above 0.',
        '  warmUp is 1.5, expected a whole number at least 0.',
      ].join('\n'),
    );
  });
});
