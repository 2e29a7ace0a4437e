/** Networks by name: each is made for the data that it reads. */

import { describe, expect, it } from 'vitest';
import { type Example, NET_NAMES, namedNet } from '../../src/nets/index.ts';
import { nodesOf } from '../../src/program/index.ts';
import { messageOf } from '../program/support.ts';
import { expectKinds, expectLayers } from './netSupport.ts';

const PLACES: Readonly<Record<Example, readonly number[]>> = { vector: [], series: [4], image: [4, 5], text: [6] };
const AXES: Readonly<Record<Example, readonly string[]>> = {
  vector: ['batch', 'input'],
  series: ['batch', 'time', 'input'],
  image: ['batch', 'row', 'column', 'input'],
  text: ['batch', 'time'],
};
const all = NET_NAMES.flatMap((name) => namedNet(name).reads.map((example) => [name, example] as const));

describe.each(all)('%s for a %s', (name, example) => {
  const settings = { depth: 2, classes: 3, places: PLACES[example], vocabulary: 7, heads: 2 };
  const net = namedNet(name).make({ ...settings, biases: true });

  it('reads such data', () => {
    const inputs = nodesOf(net.program, 'input').filter(({ instruction }) => instruction.role === 'data');
    expect(inputs.map(({ type }) => type.axes)).toEqual([AXES[example]]);
    expect(inputs.map(({ type }) => type.kind)).toEqual([example === 'text' ? 'index' : 'real']);
  });

  it('is a net with kinds and layers', () => {
    expectKinds(net);
    expectLayers(net);
  });

  it.skipIf(name === 'gpt2')('has more parameters with biases, which a GPT-2 always has', () => {
    const plain = namedNet(name).make(settings);
    expect(plain.parameters.length).toBeLessThan(net.parameters.length);
  });
});

it.each([
  ['gru', 'recurrent: the setting places is not given; expected one.'],
  ['cnn2d', 'cnn: the setting places is not given; expected one.'],
  ['transformer', 'transformer: the setting vocabulary is not given; expected one.'],
] as const)('%s says what is missing', (name, message) => {
  expect(messageOf(() => namedNet(name).make({ depth: 1 }))).toBe(message);
});
