/** What formulas tell of Q, against measurement, and on formulas that are told by their asymptotics. */

import { describe, expect, it } from 'vitest';
import { measured, optimizers, parseOptimizer, readOptimizer } from '../../../src/optimizers/index.ts';
import { sizePower } from '../../../src/program/index.ts';

/** An optimizer of one formula, or of several. */
function own(formulas: string | Readonly<Record<string, string>>, rest: object = {}) {
  return parseOptimizer({ formulas: typeof formulas === 'string' ? { update: formulas } : formulas, ...rest }, 'own');
}

const degrees = (update: string, rest: object = {}): readonly [unknown, unknown] => {
  const { small, large } = readOptimizer(own(update, rest));
  return [small, large];
};

/** But the one that, without a sizeable ε, divides rounding by rounding where gradients are of low rank, as measured ones are. */
const MEASURABLE = Object.keys(optimizers).filter((name) => name !== 'soap');

describe('degrees that are read', () => {
  it.each(MEASURABLE)('of %s are those that are measured', (name) => {
    const optimizer = optimizers[name] ?? expect.fail();
    for (const epsilon of [false, true]) {
      const { small, large, read } = readOptimizer(optimizer, { epsilon });
      expect([small, large]).not.toContain('unknown');
      expect(measured(read)).toEqual({ small, large });
    }
  });

  it.each([
    ['gradient', 1, 1],
    ['tanh(gradient)', 1, 0],
    ['erf(3 * gradient) + gradient', 1, 1],
    ['sin(gradient)', 1, 'unknown'],
    ['gelu(gradient)', 1, 1],
    ['sigmoid(gradient)', 0, 0],
    ['exp(gradient)', 0, 'unknown'],
    ['relu(gradient)', 1, 1],
    ['gradient * abs(gradient)', 2, 2],
    ['sign(gradient) * sqrt(abs(gradient))', 0.5, 0.5],
    ['sign(gradient) * abs(gradient)^0.25', 0.25, 0.25],
    ['gradient / max(1, abs(gradient))', 1, 0],
    // Of degree 0 where the other part was cut off before: measured, not read.
    ['min(max(gradient, -1), 1)', 1, 'unknown'],
    ['relu(gradient) * relu(-gradient) + gradient', 'unknown', 'unknown'],
    ['gradient / (0.1 + relu(gradient))', 1, 'unknown'],
    ['min(relu(gradient), 1)', 1, 0],
    ['gradient + gradient * abs(gradient)', 1, 2],
    ['sqrt(1 + gradient^2) - 1', 'unknown', 1],
    ['tanh(gradient) - sign(gradient)', 0, 'unknown'],
    ['log(1 + abs(gradient))', 'unknown', 'unknown'],
    ['sqrt(gradient)', 'unknown', 'unknown'],
    ['gradient / 0', 'unknown', 'unknown'],
    ['gradient - gradient', 'unknown', 'unknown'],
  ])('of %s are %s and %s', (update, small, large) => {
    expect(degrees(update)).toEqual([small, large]);
  });

  it('leave decay of the weight out, and a weight that scales Q unknown, which is not measured', () => {
    expect(degrees('gradient + 0.1 * weight')).toEqual([1, 1]);
    const { small, reasons, measurable } = readOptimizer(own('gradient * weight'));
    expect([small, reasons, measurable]).toEqual(['unknown', ['the weight scales it'], false]);
    const sized = own('gradient / (abs(gradient) + size)', { hyperparameters: { size: 1 } });
    expect(readOptimizer(sized, { settings: { size: sizePower('n', -1) } })).toMatchObject({
      ...{ small: 'unknown', reasons: ['size follows the width'], measurable: false },
    });
  });

  it('are those of the step that answers most', () => {
    const later = own('step(step - 3.5) * sign(gradient) + (1 - step(step - 3.5)) * gradient');
    expect(readOptimizer(later)).toMatchObject({ small: 0, large: 1, scaleInvariant: false, linear: false });
  });
});

describe('what else is read', () => {
  it('linear, odd, of the gradient’s sign, with a memory', () => {
    const momentum = own({ first: '0.9 * first + gradient', update: 'next first' }, { state: { first: 0 } });
    const all = { linear: true, odd: true, signPreserving: true, memory: true, scaleInvariant: false };
    expect(readOptimizer(momentum)).toMatchObject(all);
    expect(readOptimizer(own('-gradient'))).toMatchObject({ ...all, memory: false, signPreserving: false });
    expect(readOptimizer(own('abs(gradient)'))).toMatchObject({ linear: false, odd: false, signPreserving: false });
    expect(readOptimizer(own('tanh(gradient)'))).toMatchObject({ linear: false, odd: true, signPreserving: true });
    expect(readOptimizer(own('gradient + 1'))).toMatchObject({ linear: false, odd: false });
  });

  it('an ε by where it stands, whatever its name; thresholds stay', () => {
    const guarded = own('gradient / (abs(gradient) + tiny)', { hyperparameters: { tiny: 1e-6 } });
    expect(readOptimizer(guarded)).toMatchObject({ epsilons: ['tiny'], withoutEpsilon: true, scaleInvariant: true });
    expect(readOptimizer(guarded, { settings: { tiny: 1e-3 } })).toMatchObject({ withoutEpsilon: false, small: 1 });
    const literal = readOptimizer(own('gradient / (abs(gradient) + 1e-8)'));
    expect(literal).toMatchObject({ epsilons: [], withoutEpsilon: true, scaleInvariant: true });
    const threshold = own('gradient / max(least, abs(gradient))', { hyperparameters: { least: 0.5 } });
    expect(readOptimizer(threshold)).toMatchObject({ epsilons: [], withoutEpsilon: false, small: 1, large: 0 });
  });
});

describe('a measurement', () => {
  it('finds powers, and none where there is none', () => {
    const of = (update: string) => measured(readOptimizer(own(update)).read);
    expect(of('gradient * abs(gradient)')).toEqual({ small: 2, large: 2 });
    expect(of('gradient / (1 + log(1 + abs(gradient)))')).toMatchObject({ small: 1, large: 'unknown' });
    expect(of('sign(gradient) * log(1 + abs(gradient))').large).toBe('unknown');
    expect(of('min(max(gradient, -1), 1)')).toEqual({ small: 1, large: 0 });
  });

  it('reads means', () => {
    const rows = own({ size: 'mean[columns](gradient^2)', update: 'gradient / sqrt(next size)' });
    expect(measured(readOptimizer(rows).read)).toEqual({ small: 0, large: 0 });
    expect(readOptimizer(rows)).toMatchObject({ small: 0, large: 0, scaleInvariant: true });
  });
});
