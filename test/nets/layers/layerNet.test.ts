/** Networks described by layers: programs, and errors in descriptions. Their kernels are tested in test/kernels. */

import { describe, expect, it } from 'vitest';
import { LAYER_NAMES, layerNet } from '../../../src/nets/index.ts';
import { drawInitial } from '../../../src/numeric/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { failureOf } from '../../support/failure.ts';

const serial = (...layers: readonly unknown[]): unknown => ['serial', { layers }];
const conv = ['Conv', { out_chan: 4, filter_shape: [3], padding: 'SAME' }];

describe('a described network', () => {
  it('is a program at any width, its weights named by layer', () => {
    const net = layerNet(serial(['Dense', { out_dim: 4, b_std: 0.1 }], ['Relu', {}], ['Dense', { out_dim: 3 }]), [5]);
    expect(net.parameters.map(({ name, kind, axes }) => `${name} ${kind} [${axes.join(', ')}]`)).toEqual([
      'dense1 vector [n4, input]',
      'dense1.bias vector [n4]',
      'dense2 readout [class, n4]',
    ]);
    const x = tensor(
      ['batch', 'input'],
      [2, 5],
      Float64Array.from({ length: 10 }, (_, k) => Math.cos(k)),
    );
    const results = interpret(net.program, { ...drawInitial(net.program, { n: 8, batch: 2 }, 1), x }, { n: 8 });
    expect(results.f?.shape).toEqual([2, 3]);
  });

  it('pads as the language says, an output for every stride', () => {
    const net = layerNet(
      serial(['Conv', { out_chan: 2, filter_shape: [3], strides: [2], padding: 'SAME' }], ['Flatten', {}]),
      [5, 1],
    );
    const weight = tensor(['n2', 'time.window.3', 'input'], [2, 3, 1], [1, 0, 0, 0, 0, 1]);
    const x = tensor(['batch', 'time', 'input'], [1, 5, 1], [1, 2, 3, 4, 5]);
    const { f } = interpret(net.program, { conv1: weight, x }, { n: 1 });
    const scale = Math.sqrt(3);
    // Windows 0 1 2 | 2 3 4 | 4 5 0: the first entries, then the last ones.
    const value = (place: number, channel: number): number => {
      const strideOf = { 'time.3': 0, n2: 0 };
      let step = 1;
      for (let k = (f?.axes.length ?? 0) - 1; k >= 0; k--) {
        const axis = f?.axes[k];
        if (axis === 'time.3' || axis === 'n2') strideOf[axis] = step;
        step *= f?.shape[k] ?? 1;
      }
      return Number(f?.data[place * strideOf['time.3'] + channel * strideOf.n2]) * scale;
    };
    const found = [0, 1, 2].flatMap((place) => [value(place, 0), value(place, 1)]);
    for (const [k, expected] of [0, 2, 2, 4, 4, 0].entries()) expect(found[k]).toBeCloseTo(expected, 12);
  });
});

describe('errors in a description', () => {
  it.each<[string, unknown, readonly number[], string]>([
    ['no layer', { Dense: 1 }, [3], 'a network of layers is described as ["name", {settings}]'],
    [
      'an unknown layer',
      serial(['Dese', { out_dim: 1 }]),
      [3],
      'serial, layer 1 (Dese): there is no layer "Dese"; did you mean "Dense"?',
    ],
    [
      'an unknown setting',
      serial(['Dense', { out_dim: 1, W_sdt: 2 }]),
      [3],
      'serial, layer 1 (Dense): there is no setting "W_sdt"; did you mean "W_std"?',
    ],
    [
      'a setting of an activation',
      serial(['Relu', { slope: 1 }]),
      [3],
      'serial, layer 1 (Relu): there is no setting "slope";',
    ],
    [
      'a negative deviation',
      serial(['Dense', { out_dim: 1, W_std: -1 }]),
      [3],
      'serial, layer 1 (Dense): W_std is a standard deviation, a number from 0 on, but -1 was given.',
    ],
    [
      'a deviation that is no number',
      serial(['Dense', { out_dim: 1, W_std: Number.NaN }]),
      [3],
      'serial, layer 1 (Dense): W_std is a standard deviation, a number from 0 on, but NaN was given.',
    ],
    [
      'a negative variance beside the norm',
      serial(['Dense', { out_dim: 4 }], ['LayerNorm', { eps: -1 }]),
      [3],
      'serial, layer 2 (LayerNorm): eps is a number from 0 on, but -1 was given.',
    ],
    [
      'a negative frequency',
      serial(['Dense', { out_dim: 4 }], ['Rbf', { gamma: -1 }]),
      [3],
      'serial, layer 2 (Rbf): gamma is a number from 0 on, but -1 was given.',
    ],
    ['a negative bias', serial(['Dense', { out_dim: 1, b_std: -1 }]), [3], 'b_std is a standard deviation'],
    [
      'a missing setting',
      serial(['Dense', {}]),
      [3],
      'serial, layer 1 (Dense): out_dim is a whole number from 1 on, but nothing was given.',
    ],
    ['windows without places', serial(conv), [3], 'takes windows over places, but the values have none'],
    [
      'other channels in a sum',
      serial(['Dense', { out_dim: 4 }], ['residual', { branch: ['Dense', { out_dim: 5 }] }]),
      [3],
      'serial, layer 2 (residual): joins 4 (n4) channels with 5 (n5); they must be the same.',
    ],
    [
      'several flows at the end',
      serial(['FanOut', { num: 2 }]),
      [3],
      'the network ends in several flows; join them by a FanIn layer.',
    ],
    [
      'a window that is too long',
      serial(['Conv', { out_chan: 4, filter_shape: [9] }]),
      [5, 1],
      'a window of 9 is longer than the 5 places',
    ],
    [
      'scores that stay random',
      serial([
        'GlobalSelfAttention',
        { n_chan_out: 4, n_chan_key: 4, n_chan_val: 4, n_heads: 2, linear_scaling: false },
      ]),
      [5, 2],
      'attention with square-root scaling is not available; scores over √channels stay random in the limit',
    ],
    [
      'a shape',
      serial(conv),
      [5, 5, 5, 5],
      'the shape of one input is [channels], [length, channels] or [rows, columns, channels]',
    ],
  ])('%s', async (_, description, shape, message) => {
    expect((await failureOf(() => layerNet(description, shape))).message).toContain(message);
  });

  it('know the layers that there are', () => {
    expect(LAYER_NAMES).toEqual(
      expect.arrayContaining(['Dense', 'Conv', 'Relu', 'Erf', 'serial', 'FanInSum', 'LayerNorm']),
    );
  });
});
