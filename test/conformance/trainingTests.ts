/** The property that random training runs have: every interpreter says the same, or refuses for a reason that is told. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { NexortError } from '../../src/errors/index.ts';
import type { Engine } from '../../src/finite/index.ts';
import { parseProgram, printProgram } from '../../src/program/index.ts';
import { type RuleChoice, reads } from './randomRules.ts';
import { type TrainingChoice, trainingOf, trainings } from './randomTraining.ts';
import {
  apart,
  byEngine,
  byLazyKets,
  byOracle,
  byStepper,
  byStoredKets,
  initial,
  shaken,
  type Trace,
} from './trainingRuns.ts';

/** f32 has 24 bits, and a step is a few hundred operations on numbers of order 1. */
const F32 = 1e-5;
/** What f32 rounding of the start alone does to a run counts this often: rounding goes on at every operation. */
const F32_SHAKEN = 30;
/** f64 sums in another order. */
const F64 = 1e-11;
/** An f64 rounding is 2^-29 of one in f32; some hundred of them. */
const F64_SHAKEN = 1e-6;
/** Bases of what lazy matrices have met are orthonormal within 1e-10. */
const LAZY = 1e-9;
const LAZY_SHAKEN = 1e-3;
/** A run that a rounding of its start moves this far compares nothing: a sign of a number near 0 flips in it. */
const SHAKEN_MOST = 1e-2;

/** Causes for which kets refuse a run; what has none of them must run. */
export const CAUSES: Readonly<Record<string, (choice: TrainingChoice) => boolean>> = {
  // Outputs are sums over the width with n^(-1/2) or less in front: a central limit, which is no mean.
  'the parametrization scales the output as a central limit, or values grow': ({ parametrization }) =>
    parametrization !== 'mup' && parametrization !== 'mean-field',
  // Products of queries and keys that are learnt grow like √d.
  'attention divides by √d': ({ net }) => 'scaling' in net.options && net.options.scaling === '1/sqrt(d)',
  // An initial matrix may only be combined linearly, and its norm is no linear combination.
  'the update is divided by the norm of the weight': ({ limit }) => limit === 'normalizeByWeight',
  'Q reads the weight': (choice) => rulesOf(choice).some((rule) => readsWeight(rule)),
  'coupled decay puts the weight in front of Q': (choice) =>
    rulesOf(choice).some(({ settings }) => settings.decay === 'coupledDecay'),
};

const rulesOf = ({ rule, other }: TrainingChoice): readonly RuleChoice[] =>
  other === undefined ? [rule] : [rule, other.rule];

/** Rates of adafactor are relative to the size of the weight; asgd decays within Q, which a limit then measures. */
const readsWeight = (rule: RuleChoice): boolean =>
  'optimizer' in rule ? ['adafactor', 'asgd'].includes(rule.optimizer) : reads(rule.q, 'weight');

/** What became of a run. */
export type Outcome = 'agreed' | 'refused by kets' | 'nothing to compare';

/** Runs a choice in every interpreter. */
export async function expectAgreement(choice: TrainingChoice, engine: Engine): Promise<Outcome> {
  const training = trainingOf(choice);
  if (training === undefined) return 'nothing to compare';
  const { program } = training;
  expect(printProgram(parseProgram(printProgram(program)))).toBe(printProgram(program));
  const start = initial(training);
  const expected = await byOracle(training, start);
  const moved = apart(await byOracle(training, shaken(training, start, 1)), expected).worst;
  if (!(moved < SHAKEN_MOST)) return 'nothing to compare';
  expectTrace('the engine', await byEngine(training, start, engine), expected, F32 + F32_SHAKEN * moved);
  expectTrace('the stepper', await byStepper(training, start, engine), expected, F32 + F32_SHAKEN * moved);
  const cause = Object.keys(CAUSES).find((name) => CAUSES[name]?.(choice));
  try {
    expectTrace('stored kets', byStoredKets(training, start), expected, F64 + F64_SHAKEN * moved);
    const lazy = byLazyKets(training);
    expectTrace('lazy kets', lazy.trace, await byOracle(training, lazy.start), LAZY + LAZY_SHAKEN * moved);
  } catch (error) {
    if (!(error instanceof NexortError) || error.code !== 'kets.outside-fragment') throw error;
    if (cause === undefined) expect.fail(`refused without a cause: ${error.message}`);
    return 'refused by kets';
  }
  return 'agreed';
}

function expectTrace(who: string, found: Trace, expected: Trace, allowed: number): void {
  expect(found.size, `${who}: what it says`).toBeGreaterThan(0);
  const { worst, where } = apart(found, expected);
  expect(worst < allowed, `${who}: ${worst} apart where ${allowed} is allowed; ${where}`).toBe(true);
}

/** So many random runs; what became of each. */
export async function outcomes(
  engine: Engine,
  numRuns: number,
  seed: number,
): Promise<Readonly<Record<Outcome, number>>> {
  const counts = { agreed: 0, 'refused by kets': 0, 'nothing to compare': 0 };
  await fc.assert(
    fc.asyncProperty(trainings, async (choice) => {
      counts[await expectAgreement(choice, engine)]++;
      // Every run is a program of its own: nothing is gained by its sessions later.
      await engine.release();
    }),
    { numRuns, seed },
  );
  return counts;
}
