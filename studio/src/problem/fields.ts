/** What the limit page is told, as text: what people type, and what a link holds. */

export const FIELDS = [
  'width',
  'beside',
  'left',
  'right',
  'depth',
  'activation',
  'optimizer',
  'rate',
  'steps',
  'seeds',
  'seed',
  'samples',
  'scramblings',
  'points',
] as const;
export type Field = (typeof FIELDS)[number];
export type Fields = Readonly<Record<Field, string>>;

/** Of the slider: a power of two, or infinity. */
export const INFINITE = 'infinity';

/** Small enough that all of it trains within seconds, large enough that features move. */
export const DEFAULTS: Fields = {
  width: '64',
  beside: '16,64,256',
  left: 'mup',
  right: 'ntp',
  depth: '2',
  activation: 'tanh',
  optimizer: 'adam',
  rate: '0.2',
  steps: '12',
  seeds: '3',
  seed: '0',
  samples: '512',
  scramblings: '4',
  points: '-1.5:-0.6;-0.9:0.7;-0.3:0.5;0.3:-0.5;0.9:-0.7;1.5:0.6',
};
