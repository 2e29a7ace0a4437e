/** Limits of random training steps: what closes exactly is what sampling estimates, within its standard errors. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateLimit, exactLimit, isNotClosed } from '../../src/kets/index.ts';
import { ACTIVATIONS, type NetChoice } from './randomNets.ts';
import { optimizerOf } from './randomRules.ts';
import { type TrainingChoice, trainingOf, trainings } from './randomTraining.ts';
import { CAUSES } from './trainingTests.ts';

/** A failure shrinks for minutes. */
const TIMEOUT = 600_000;
const RUNS = 9;
const SEEDS = 16;
const WIDTH = 256;
/** t of 15 degrees over some hundred comparisons. */
const STANDARD_ERRORS = 6;
/** The line in 1/n through two widths leaves terms of order 1/n² of numbers of order 1. */
const CURVED = 4 / WIDTH ** 2;
/** Integrands of one run. */
const EVALUATIONS = 100_000;

/** Perceptrons of one hidden layer and one input, two variables a unit, which close; rules, losses and limits as random as elsewhere, where kets refuse nothing. */
const perceptrons: fc.Arbitrary<NetChoice> = fc.record({
  net: fc.constant('mlp' as const),
  options: fc.record({
    depth: fc.constant(1),
    activation: fc.constantFrom(...ACTIVATIONS),
    biases: fc.boolean(),
    outputBias: fc.boolean(),
  }),
});
const choices: fc.Arbitrary<TrainingChoice> = fc
  .tuple(trainings, perceptrons, fc.constantFrom([1, 1], [2, 1], [1, 2]))
  .map(([choice, net, batches]) => ({ ...choice, net, batches, parametrization: 'mup', input: 1, outputs: 0 }))
  // One hidden layer has no matrix: rules of matrices are Adam here, which is among the others.
  .filter(({ rule }) => Object.values(optimizerOf(rule).formulas).every(({ matrix }) => matrix === undefined))
  .filter((choice) => choice.loss !== 'cross-entropy' && !Object.values(CAUSES).some((cause) => cause(choice)));

test(
  'exact limits and estimates agree',
  async () => {
    let [compared, open] = [0, 0];
    await fc.assert(
      fc.asyncProperty(choices, async (choice) => {
        const training = trainingOf(choice);
        if (training === undefined) return;
        const { program, data, sizes } = training;
        const { n: _, ...fixed } = sizes;
        const options = { steps: data.length, data: (step: number) => data[step] ?? {}, sizes: fixed };
        const exact = exactLimit(program, { ...options, evaluations: EVALUATIONS });
        const sampled = await estimateLimit(program, { ...options, width: WIDTH, seeds: SEEDS });
        for (const [step, outputs] of exact.entries()) {
          for (const { name, entries } of outputs) {
            const estimates = sampled[step]?.find((one) => one.name === name)?.entries;
            for (const [k, value] of entries.entries()) {
              if (isNotClosed(value)) {
                open++;
                continue;
              }
              const { value: found, standardError } = estimates?.[k] ?? expect.fail(`no estimate of ${name}`);
              const away = Math.abs(found - value) / Math.max(1, Math.abs(value));
              const what = `${name} at step ${step}, entry ${k}: ${found} ± ${standardError} for ${value}`;
              expect(away < STANDARD_ERRORS * standardError + CURVED, what).toBe(true);
              // In the limit f is 0 before the first update.
              if (step > 0 && Math.abs(value) > 0.01) compared++;
            }
          }
        }
      }),
      { numRuns: RUNS, seed: 3 },
    );
    expect(compared, `${open} entries have no closed form`).toBeGreaterThan(RUNS / 3);
  },
  TIMEOUT,
);
