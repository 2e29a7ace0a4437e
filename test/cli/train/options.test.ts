import { describe, expect, it } from 'vitest';
import { scheduled } from '../../../src/cli/train/options.ts';
import { schedule } from '../../../src/optimizers/index.ts';
import { type Expr, evaluate } from '../../../src/program/index.ts';
import { failureOf } from '../../support/failure.ts';

/** The rate of a step, counted from 0. */
const at = (rate: unknown, step: number): number => evaluate(rate as Expr, {})([step]);

describe('a schedule in one line', () => {
  it('is a rate on the schedule with these settings', () => {
    const { text, rate } = scheduled('step:every=10,gamma=0.5', 0.2, 100);
    expect(text).toBe('step:every=10,gamma=0.5');
    expect([0, 9, 10, 25].map((step) => at(rate, step))).toEqual([0.2, 0.2, 0.1, 0.05]);
  });

  it('takes the steps that its warm-up leaves, unless it is told', () => {
    const { text, rate } = scheduled('cosine:warmUp=20', 0.1, 100);
    expect(text).toBe('cosine:steps=80,warmUp=20');
    const by = schedule('cosine', { steps: 80, warmUp: 20 });
    for (const step of [0, 10, 20, 60, 99]) expect(at(rate, step)).toBeCloseTo(0.1 * at(by, step), 15);
    expect(scheduled('linear:steps=7', 0.1, 100).text).toBe('linear:steps=7');
    expect(scheduled('constant', 0.1, 100).text).toBe('constant');
    expect(scheduled('cosine:hold=true', 0.1, 5).text).toBe('cosine:steps=5,hold=true');
  });

  it.each(['step:every', 'step:every=x', 'step:every=1:gamma=2', 'cosine:'])('is not %j', async (given) => {
    expect((await failureOf(() => scheduled(given, 0.1, 10))).message).toBe(
      `--schedule is given '${given}'; expected a name with its settings, such as cosine, or step:every=100,gamma=0.5.`,
    );
  });

  it('has settings that are checked', async () => {
    const missing = await failureOf(() => scheduled('exponential', 0.1, 10));
    expect(missing.message).toContain('gamma is missing');
    const unknown = await failureOf(() => scheduled('cosine:warmup=3', 0.1, 10));
    expect(unknown.message).toContain('Did you mean "warmUp"?');
  });
});
