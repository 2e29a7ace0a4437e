/** Trainings worth seeing, each with its reason. */

import { DEFAULTS, type Fields } from '../problem/fields.ts';

export interface Preset {
  readonly name: string;
  readonly why: string;
  readonly fields: Partial<Fields>;
}

const of = (name: string, why: string, fields: Partial<Fields>): Preset => ({
  ...{ name, why },
  fields: { ...DEFAULTS, ...fields },
});

export const PRESETS: readonly Preset[] = [
  of(
    'Features learn in µP, stand still in NTP',
    'The same net and rule with Adam: at infinite width only µP moves its features.',
    {},
  ),
  of('Plain gradient descent', 'With a linear rule NTP is the neural tangent kernel; µP still learns features.', {
    optimizer: 'sgd',
    rate: '0.5',
  }),
  of('Your own rule Q', 'Any formula in the gradient has a limit, here tanh(4 g).', {
    optimizer: 'tanh(4 * gradient)',
  }),
  of('Between µP and NTP', 'up:0.25 moves features by n^(−1/4): slowly less at every width, in the limit not at all.', {
    right: 'up:0.25',
    width: '256',
  }),
  of('Known bad: too large a rate', 'Networks overshoot at every width, and so does the limit.', { rate: '2' }),
  of(
    'Known bad: standard parametrization',
    'One rate for all layers grows with the width: there is no limit, and the page says why.',
    {
      right: 'sp',
    },
  ),
];
