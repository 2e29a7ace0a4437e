/** Every condition of the neural tangent limit, by a network or a rule that breaks it alone. */

import { describe, expect, it } from 'vitest';
import { NexortError } from '../../../src/errors/index.ts';
import { mlp, type Net, netOf } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MEAN_FIELD, MUP, NTP, type ParameterKind, SP, uniform } from '../../../src/parametrizations/index.ts';
import { parseProgram } from '../../../src/program/index.ts';
import { limitRegime, type StepOptions, tangentStep } from '../../../src/training/index.ts';

const options = (changes: Partial<StepOptions> = {}): StepOptions => ({
  parametrization: NTP,
  optimizer: optimizerNamed('sgd'),
  settings: { learningRate: 1 },
  ...changes,
});

/** One hidden layer over the examples of `x`, with what `lines` add and `f` is. */
function netWith(lines: string, kinds: Readonly<Record<string, ParameterKind>> = {}): Net {
  const text = `
    width n
    fixed batch
    data x[batch]
    parameter w[n]
    ${lines}`;
  return netOf(parseProgram(text), { kinds: { w: 'vector', ...kinds }, output: 'f', layers: [] });
}

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof NexortError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'not refused';
};

const READOUT = 'parameter v[n]';
const H = 'sum[n](v * tanh(w * x))';
const REFUSED: Readonly<Record<string, readonly [Net, Partial<StepOptions>, RegExp]>> = {
  'an output for each example': [
    netWith(`${READOUT}\n y = tanh(w * x)\n output f = sum[n](v * sum[batch](y))`, { v: 'readout' }),
    {},
    /asks for an output for each example, but "f" is on \[\]; give it the axis batch/,
  ],
  'no scalar inside': [
    netWith(`${READOUT}\n parameter c ~ 1\n output f = sum[n](v * tanh(c * w * x))`, { v: 'readout', c: 'scalar' }),
    {},
    /asks for no scalar parameter but a bias of the output, but "c" is one; leave it out of trainable/,
  ],
  'a readout of mean 0': [
    netWith(`parameter v[n] ~ 1\n output f = ${H}`, { v: 'readout' }),
    {},
    /asks for a readout of mean 0, but "v" starts at 1; draw it, or start it at 0/,
  ],
  'a readout that is used once': [
    netWith(`${READOUT}\n output f = ${H} + sum[n](v * w)`, { v: 'readout' }),
    {},
    /asks for a readout that is used once, but "v" has another use; give that one weights of its own/,
  ],
  'features that stand still': [
    mlp(),
    { parametrization: MUP },
    /asks for a parametrization in which features stand still, but in "mup" they move; take the limit of trainingStep itself, or NTP/,
  ],
  'no features that move in a mean field': [
    mlp({ depth: 1 }),
    { parametrization: MEAN_FIELD },
    /"mean-field" they move/,
  ],
  'a rule that does not read the weight': [
    mlp(),
    { settings: { learningRate: 1, coupledDecay: 0.1 } },
    /needs the weight.*decoupled decay/,
  ],
  'something to train': [mlp(), { trainable: [] }, /training\.nothing-to-train/],
  'gradients that tell something': [mlp({ activation: 'sign' }), {}, /training\.flat-gradients/],
};

describe('a tangent step asks for', () => {
  it.each(Object.entries(REFUSED))('%s', (_, [net, changes, message]) => {
    expect(messageOf(() => tangentStep(net, options(changes)))).toMatch(message);
  });

  it('nothing of what is harmless: a bias of the output, a readout at 0, a scalar that stands still', () => {
    const harmless: readonly (readonly [Net, Partial<StepOptions>])[] = [
      [mlp({ outputBias: true }), {}],
      [netWith(`parameter v[n] ~ 0\n output f = ${H}`, { v: 'readout' }), {}],
      [
        netWith(`${READOUT}\n parameter c ~ 1\n output f = sum[n](v * tanh(c * w * x))`, { v: 'readout', c: 'scalar' }),
        { trainable: ['w', 'v'] },
      ],
      [mlp(), { parametrization: uniform('1/4') }],
    ];
    for (const [net, changes] of harmless)
      expect(messageOf(() => tangentStep(net, options(changes)))).toBe('not refused');
  });
});

describe('a limit asks for', () => {
  it.each<readonly [string, Partial<StepOptions>, RegExp]>([
    ['stability: SP with SGD at n^0', { parametrization: SP }, /^training\.no-limit: .*"sp".*sgd/],
    [
      'stability: signs at rates that are those of gradients',
      { parametrization: SP, optimizer: optimizerNamed('signsgd') },
      /^training\.no-limit: /,
    ],
    [
      'training: rates that vanish',
      {
        parametrization: {
          ...NTP,
          name: 'slow',
          kinds: Object.fromEntries(
            Object.entries(NTP.kinds).map(([kind, own]) => [kind, { ...own, c: { numerator: 9, denominator: 1 } }]),
          ) as typeof NTP.kinds,
        },
      },
      /^training\.no-limit: /,
    ],
  ])('%s', (_, changes, message) => {
    expect(messageOf(() => limitRegime(mlp(), options(changes)))).toMatch(message);
  });
});
