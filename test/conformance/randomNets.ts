/** Random nets: those of the library with random settings, and chains of random layers. */

import fc from 'fast-check';
import {
  type CnnOptions,
  cnn,
  type MlpOptions,
  mlp,
  type Net,
  type RecurrentOptions,
  type ResidualMlpOptions,
  recurrent,
  residualMlp,
  type SelfAttentionOptions,
  selfAttention,
  type TransformerOptions,
  transformer,
} from '../../src/nets/index.ts';
import type { UnaryName } from '../../src/program/index.ts';
import { type Composition, composed, compositions } from './composedNets.ts';

/** What a net is made of: plain data, which a failure prints and shrinks. */
export type NetChoice =
  | { readonly net: 'mlp'; readonly options: MlpOptions }
  | { readonly net: 'residual mlp'; readonly options: ResidualMlpOptions }
  | { readonly net: 'cnn'; readonly options: CnnOptions }
  | { readonly net: 'recurrent'; readonly options: RecurrentOptions }
  | { readonly net: 'self-attention'; readonly options: SelfAttentionOptions }
  | { readonly net: 'transformer'; readonly options: TransformerOptions }
  | { readonly net: 'composed'; readonly options: Composition };

/** The net of a choice. */
export function netOf(choice: NetChoice): Net {
  switch (choice.net) {
    case 'mlp':
      return mlp(choice.options);
    case 'residual mlp':
      return residualMlp(choice.options);
    case 'cnn':
      return cnn(choice.options);
    case 'recurrent':
      return recurrent(choice.options);
    case 'self-attention':
      return selfAttention(choice.options);
    case 'transformer':
      return transformer(choice.options);
    case 'composed':
      return composed(choice.options);
  }
}

/** Functions that keep numbers of order 1; the first is where shrinking ends. */
export const ACTIVATIONS = [
  ...['tanh', 'relu', 'gelu', 'sigmoid', 'erf', 'sin', 'cos', 'abs', 'geluTanh', 'normalCdf'],
] as const satisfies readonly UnaryName[];

const activation = fc.constantFrom(...ACTIVATIONS);
const [classes, outputBias, biases] = [fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean()];
const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const heads = fc.constantFrom(1, 2);
const scaling = fc.constantFrom('1/d' as const, '1/d' as const, '1/d' as const, '1/sqrt(d)' as const);

/** Sizes that leave no places are drawn again. */
const convolutional: fc.Arbitrary<CnnOptions> = fc
  .record(
    {
      size: fc.oneof(fc.tuple(count(5)), fc.tuple(count(3), count(3))),
      depth: count(2),
      kernel: count(3),
      stride: count(2),
      padding: fc.constantFrom('same' as const, 'valid' as const, 0, 1),
      pooling: fc.record({ by: fc.constantFrom('mean' as const, 'max' as const), size: count(2), stride: count(2) }),
      readout: fc.constantFrom('mean' as const, 'places' as const),
      ...{ activation, biases, outputBias, classes },
    },
    { requiredKeys: ['size'] },
  )
  .filter(({ kernel = 3, padding = 'same' }) => typeof padding === 'string' || padding < kernel)
  .filter(({ size, depth = 2, kernel = 3, stride = 1, padding = 'same', pooling }) =>
    size.every((length) => {
      const zeros = padding === 'same' ? kernel - 1 : padding === 'valid' ? 0 : 2 * padding;
      let left = length;
      for (let layer = 0; layer < depth; layer++) {
        left = Math.floor((left + zeros - kernel) / stride) + 1;
        if (pooling !== undefined && left > 0) left = Math.floor((left - pooling.size) / pooling.stride) + 1;
        if (left < 1) return false;
      }
      return true;
    }),
  );

/** Any net of the library, small, and as often a composition. */
export const nets: fc.Arbitrary<NetChoice> = fc.oneof(
  fc.record({
    net: fc.constant('mlp' as const),
    options: fc.record({ depth: count(3), activation, classes, biases, outputBias }, { requiredKeys: [] }),
  }),
  fc.record({
    net: fc.constant('residual mlp' as const),
    options: fc.record({ depth: count(2), activation, classes, outputBias }, { requiredKeys: [] }),
  }),
  fc.record({ net: fc.constant('cnn' as const), options: convolutional }),
  fc.record({
    net: fc.constant('recurrent' as const),
    options: fc.record(
      { steps: count(3), gated: fc.boolean(), activation, classes, outputBias },
      { requiredKeys: ['steps'] },
    ),
  }),
  fc.record({
    net: fc.constant('self-attention' as const),
    options: fc.record({ heads, scaling, classes }, { requiredKeys: [] }),
  }),
  fc.record({
    net: fc.constant('transformer' as const),
    options: fc.record(
      {
        ...{ vocabulary: fc.integer({ min: 2, max: 4 }), context: count(3), depth: count(2), expansion: count(2) },
        ...{ heads, scaling, activation, biases, tied: fc.boolean() },
      },
      { requiredKeys: ['vocabulary', 'context', 'depth', 'expansion'] },
    ),
  }),
  { weight: 5, arbitrary: fc.record({ net: fc.constant('composed' as const), options: compositions }) },
);
