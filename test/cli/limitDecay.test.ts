/** What `nexort limit` says of decay that vanishes as the width grows. */

import { expect, it } from 'vitest';
import { vanishingDecay } from '../../src/cli/limit/decayNote.ts';
import type { LimitProblem } from '../../src/experiments/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP } from '../../src/parametrizations/index.ts';
import { tensor } from '../../src/program/index.ts';
import { nexort } from './nexort.ts';

const problem: LimitProblem = {
  net: mlp({ depth: 2 }),
  parametrization: NTP,
  optimizer: optimizerNamed('adamw'),
  data: { x: tensor(['batch', 'input'], [1, 1], [1]), target: tensor(['batch'], [1], [1]) },
  steps: 1,
};
const ALL =
  'decoupledDecay goes with the learning rate, and vanishes as n^(-c) in the limit for all weights; networks have it at their widths. independentDecay is the same at every width, and stays';

it('tells the weights whose decay goes with a rate that vanishes, which adamw has unless told otherwise', () => {
  const of = (changes: Partial<LimitProblem>): string[] => vanishingDecay({ ...problem, ...changes });
  expect(of({})).toEqual([ALL]);
  expect(of({ settings: { decoupledDecay: 0, independentDecay: 0.01 } })).toEqual([]);
  expect(of({ optimizer: optimizerNamed('adam') })).toEqual([]);
  expect(of({ optimizer: optimizerNamed('sgd'), settings: { decoupledDecay: 0.1 } })).toEqual([ALL]);
  // In µP the matrices alone have rates that vanish.
  expect(of({ parametrization: MUP })[0]).toContain('in the limit for w2; networks');
  expect(of({ parametrization: MUP, trainable: ['w1', 'w3'] })).toEqual([]);
});

it('is among the notes', async () => {
  const few = [
    '--depth',
    '1',
    '--samples',
    '16',
    '--scramblings',
    '2',
    '--steps',
    '1',
    '--widths',
    'none',
    '--looks',
    '0',
  ];
  const { stdout } = await nexort('limit', ...few, '--parametrization', 'ntp', '--optimizer', 'adamw');
  expect(stdout).toContain(`note: ${ALL}\n`);
});
