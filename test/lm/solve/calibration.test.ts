import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSlope, logLoss, softmaxOf } from '../../../src/lm/solve/calibration.ts';
import { sigmoid } from '../../../src/lm/solve/logistic.ts';
import { predictedClasses } from '../../../src/lm/solve/solvers.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { normals } from './kernels.ts';

/** Sums of some hundred terms of size 1 in f64. */
const ROUNDING = 1e-12;

/** Scores, classes at random, for 1 output (two classes) or several. */
const problems = fc
  .record({ outputs: fc.constantFrom(1, 3, 4), examples: fc.integer({ min: 2, max: 30 }), seed: fc.nat() })
  .map(({ outputs, examples, seed }) => {
    const count = outputs === 1 ? 2 : outputs;
    const uniform = stream(seed, 'classes').uniforms(examples);
    return {
      outputs,
      count,
      scores: normals(examples, outputs, seed, 'scores').data,
      classes: Array.from(uniform, (u) => Math.floor(u * count)),
    };
  });

describe('fitSlope', () => {
  it('solves the closed form of Platt for scores ±1', () => {
    // 3 of 4 right in each class: smoothed targets 5/6 and 1/6; slope s has sigmoid(s) = ¾ · 5/6 + ¼ · 1/6 = 2/3.
    const scores = Float64Array.of(1, 1, 1, -1, -1, -1, -1, 1);
    expect(fitSlope(scores, 1, [1, 1, 1, 1, 0, 0, 0, 0])).toBeCloseTo(Math.log(2), 14);
  });

  it('stays finite on separable examples: those of N in a class count as N + 1 right of N + 2', () => {
    const slope = fitSlope(Float64Array.of(2, 2, 2, -2, -2, -2), 1, [1, 1, 1, 0, 0, 0]);
    expect(sigmoid(2 * slope)).toBeCloseTo(4 / 5, 14);
    const three = fitSlope(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), 3, [0, 1, 2]);
    // e^s / (e^s + 2) = 2/4.
    expect(three).toBeCloseTo(Math.log(2), 14);
  });

  it('is 0, nothing but equal probabilities, where scores say nothing or the wrong thing', () => {
    expect(fitSlope(Float64Array.of(0, 0), 1, [0, 1])).toBe(0);
    expect(fitSlope(Float64Array.of(5, 5, 5, 5), 2, [0, 1])).toBe(0);
    expect(fitSlope(Float64Array.of(1, -1), 1, [0, 1])).toBe(0);
    expect(fitSlope(new Float64Array(0), 1, [])).toBe(0);
    expect(softmaxOf(Float64Array.of(1, -1), 1, 0)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('is where the smoothed likelihood has no slope, or at 0 where it falls from there', () => {
    fc.assert(
      fc.property(problems, ({ outputs, count, scores, classes }) => {
        const members = Array.from({ length: count }, (_, c) => classes.filter((label) => label === c).length);
        const derivative = (slope: number) => {
          const p = softmaxOf(scores, outputs, slope);
          const terms = p.map((probability, k) => {
            const [example, c] = [Math.floor(k / count), k % count];
            const own = members[classes[example] ?? 0] ?? 0;
            const target = ((c === classes[example] ? own : 0) + 1) / (own + count);
            return (probability - target) * (outputs === 1 ? c * at(scores, example) : at(scores, k));
          });
          return terms.reduce((sum, term) => sum + term, 0);
        };
        const slope = fitSlope(scores, outputs, classes);
        if (slope === 0) expect(derivative(0)).toBeGreaterThan(-ROUNDING);
        else expect(Math.abs(derivative(slope))).toBeLessThan(ROUNDING * (1 + 1 / slope));
      }),
    );
  });

  it('undoes a factor on the scores and does not see a constant added to the scores of an example', () => {
    fc.assert(
      fc.property(problems, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), ({ outputs, scores, classes }, factor) => {
        const slope = fitSlope(scores, outputs, classes);
        const moved = scores.map((score, k) => (outputs === 1 ? score : score + Math.floor(k / outputs)) * factor);
        expect(Math.abs(fitSlope(moved, outputs, classes) * factor - slope)).toBeLessThan(1e-9 * (1 + slope));
      }),
    );
  });

  it('recovers the slope that drew the classes', () => {
    const count = 4000;
    const scores = normals(count, 1, 1, 'scores').data;
    const draws = stream(1, 'draws').uniforms(count);
    const truth = 1.7;
    const classes = Array.from(scores, (score, k) => (at(draws, k) < sigmoid(truth * score) ? 1 : 0));
    const information = scores.reduce((sum, s) => sum + s * s * sigmoid(truth * s) * sigmoid(-truth * s), 0);
    // Five standard errors; the smoothing moves the slope by a fiftieth of one.
    expect(Math.abs(fitSlope(scores, 1, classes) - truth)).toBeLessThan(5 / Math.sqrt(information));
  });
});

describe('softmaxOf', () => {
  it('sums to 1 and puts the predicted class first', () => {
    fc.assert(
      fc.property(problems, fc.double({ min: 0.01, max: 50, noNaN: true }), ({ outputs, count, scores }, slope) => {
        const p = softmaxOf(scores, outputs, slope);
        predictedClasses(scores, outputs).forEach((label, k) => {
          const row = p.slice(k * count, (k + 1) * count);
          expect(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(ROUNDING);
          expect(row[label]).toBe(Math.max(...row));
        });
      }),
    );
  });

  it('rises with the score', () => {
    const scores = Float64Array.from({ length: 201 }, (_, k) => (k - 100) / 10);
    const second = softmaxOf(scores, 1, 0.7).filter((_, k) => k % 2 === 1);
    second.slice(1).forEach((p, k) => {
      expect(p).toBeGreaterThan(at(second, k));
    });
    expect(second[100]).toBe(0.5);
  });
});

describe('logLoss', () => {
  it('is the mean of −log p', () => {
    fc.assert(
      fc.property(
        problems,
        fc.double({ min: 0, max: 5, noNaN: true }),
        ({ outputs, count, scores, classes }, slope) => {
          const p = softmaxOf(scores, outputs, slope);
          const mean = classes.reduce((sum, c, k) => sum - Math.log(at(p, k * count + c)), 0) / classes.length;
          expect(Math.abs(logLoss(scores, outputs, slope, classes) - mean)).toBeLessThan(ROUNDING * (1 + mean));
        },
      ),
    );
  });

  it('is finite where a probability is 0 and keeps digits where it is 1', () => {
    expect(logLoss(Float64Array.of(1e6), 1, 1, [0])).toBe(1e6);
    expect(logLoss(Float64Array.of(50), 1, 1, [1]) / Math.exp(-50)).toBeCloseTo(1, 14);
    expect(logLoss(Float64Array.of(1e6, 0, 0), 3, 1, [1])).toBe(1e6);
  });
});
