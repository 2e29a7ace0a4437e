/** What is measured: networks as layers, with the names of neural-tangents, and the shapes of their inputs. */

export interface KernelCase {
  readonly name: string;
  readonly layers: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  /** Examples on either side. */
  readonly examples: number;
  /** Of one example, channels last. */
  readonly shape: readonly number[];
  /** Most that our wall time may be of the peer's, and what is aimed at. */
  readonly bound?: number;
  readonly aim?: number;
}

const DENSE = { out_dim: 512, W_std: 1.5, b_std: 0.1 };
const CONV = { out_chan: 64, filter_shape: [3, 3], padding: 'SAME', W_std: 1.5, b_std: 0.1 };

/** Three hidden layers. */
export function denseCase(
  activation: 'Relu' | 'Erf',
  examples: number,
  bounds: Pick<KernelCase, 'bound' | 'aim'> = {},
  dimension = 784,
): KernelCase {
  const hidden = [1, 2, 3].flatMap(() => [['Dense', DENSE] as const, [activation, {}] as const]);
  return {
    name: `dense, ${activation.toLowerCase()}, ${examples} × ${examples}`,
    layers: [...hidden, ['Dense', { ...DENSE, out_dim: 1 }]],
    examples,
    shape: [dimension],
    ...bounds,
  };
}

/** Ten convolutions. */
export function imageCase(
  readout: 'GlobalAvgPool' | 'Flatten',
  side: number,
  examples: number,
  bounds: Pick<KernelCase, 'bound' | 'aim'> = {},
): KernelCase {
  const hidden = Array.from({ length: 10 }, () => [['Conv', CONV] as const, ['Relu', {}] as const]).flat();
  return {
    name: `10 convolutions, ${readout === 'Flatten' ? 'flattened' : 'pooled'}, ${side} × ${side}`,
    layers: [...hidden, [readout, {}], ['Dense', { ...DENSE, out_dim: 1 }]],
    examples,
    shape: [side, side, 3],
    ...bounds,
  };
}

export const SPEED_CASES: Readonly<Record<'relu' | 'erf' | 'cnn', KernelCase>> = {
  relu: denseCase('Relu', 2000, { bound: 0.9, aim: 0.5 }),
  erf: denseCase('Erf', 2000, { bound: 0.9, aim: 0.5 }),
  cnn: imageCase('GlobalAvgPool', 8, 20, { bound: 0.4, aim: 0.2 }),
};
export type SpeedCase = keyof typeof SPEED_CASES;
export const SPEED_NAMES = Object.keys(SPEED_CASES) as readonly SpeedCase[]; // the keys above

/** The bound holds for this many threads. */
export const STATED_THREADS = 2;

/** Numbers of an input where examples grow: few, so that what is done for each input and not for each pair counts little. */
const FEW = 16;

/** What grows in a growth case, with the sizes. */
export const GROWTH = {
  examples: [2000, 4000, 8000].map((examples) => ({ size: examples, of: denseCase('Relu', examples, {}, FEW) })),
  'pixels, pooled': [4, 6, 8].map((side) => ({ size: side * side, of: imageCase('GlobalAvgPool', side, 20) })),
  'pixels, flattened': [8, 12, 16].map((side) => ({ size: side * side, of: imageCase('Flatten', side, 40) })),
} as const;

/** Files of a case's folder. */
export const FILES = { spec: 'case.json', x1: 'x1.f64', x2: 'x2.f64' } as const;

/** Answers are compared at every so many-th entry. */
export const ANSWER_STRIDE = 401;
