/** Trainings worth seeing, and known bad ones, each with its reason. */

import { DEFAULTS, FIELDS, type Fields } from '../problem/fields.ts';

export interface Preset {
  readonly name: string;
  readonly kind: 'good' | 'bad';
  readonly why: string;
  readonly fields: Fields;
}

/** Two classes that no straight line separates: six points about the origin, and six around them. */
const RINGS =
  '0.5:0:1;0.21:0.45:1;-0.31:0.4:1;-0.49:-0.12:1;-0.12:-0.49:1;0.35:-0.36:1;' +
  '0.95:0.89:-1;-0.33:1.26:-1;-1.27:0.29:-1;-0.98:-0.86:-1;0.29:-1.27:-1;1.26:-0.32:-1';

/** A classification, with a rule whose limit is quick: those of rules that are not linear take minutes over a plane. */
export const CLASSIFIED: Partial<Fields> = {
  ...{ points: RINGS, optimizer: 'sgd', rate: '0.5', activation: 'relu', steps: '20' },
  ...{ samples: '256', scramblings: '2' },
};

/** What it has otherwise than a function of x. */
export const REGRESSED: Partial<Fields> = {
  ...{ points: DEFAULTS.points, optimizer: DEFAULTS.optimizer, rate: DEFAULTS.rate, activation: DEFAULTS.activation },
  ...{ steps: DEFAULTS.steps, samples: DEFAULTS.samples, scramblings: DEFAULTS.scramblings },
};

const of = (kind: Preset['kind'], name: string, why: string, fields: Partial<Fields>): Preset => ({
  ...{ kind, name, why },
  fields: { ...DEFAULTS, ...fields },
});

export const PRESETS: readonly Preset[] = [
  of(
    'good',
    'Features learn in µP, stand still in NTP',
    'The same net and rule with Adam: at infinite width only µP moves its features.',
    {},
  ),
  of(
    'good',
    'Plain gradient descent',
    'With a linear rule NTP is the neural tangent kernel; µP still learns features.',
    {
      optimizer: 'sgd',
      rate: '0.5',
    },
  ),
  of(
    'good',
    'Two classes in a plane',
    'No straight line parts them. The decision line of networks comes to that of the limit.',
    {
      ...CLASSIFIED,
    },
  ),
  of('good', 'Your own rule Q', 'Any formula in the gradient has a limit, here tanh(4 g).', {
    optimizer: 'tanh(4 * gradient)',
  }),
  of(
    'good',
    'Between µP and NTP',
    'up:0.25 moves features by n^(−1/4): slowly less at every width, in the limit not at all.',
    {
      right: 'up:0.25',
      width: '256',
    },
  ),
  of('bad', 'Too large a rate', 'Networks overshoot at every width, and so does the limit.', { rate: '2' }),
  of(
    'bad',
    'Standard parametrization',
    'One rate for all layers grows with the width: there is no limit, and the page says why.',
    { right: 'sp' },
  ),
  of(
    'bad',
    'Too few samples',
    'The band of the limit is as wide as what it should tell: more samples and scramblings, below, make it narrow.',
    { samples: '64', scramblings: '2' },
  ),
];

/** The preset whose state it is, whatever the slider shows. */
export const presetOf = (fields: Fields): Preset | undefined =>
  PRESETS.find((preset) => FIELDS.every((field) => field === 'width' || preset.fields[field] === fields[field]));
