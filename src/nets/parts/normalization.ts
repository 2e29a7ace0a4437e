/** Norms with their gain and shift: layer norm, and root-mean-square norm. */

import { type Axis, add, argument, div, mul, square, unary, type Value, type Writer } from '../../program/index.ts';
import { type NetWriter, ONE_LAW, ZERO_LAW } from '../netWriter.ts';

/** Added to the variance where nothing else is asked for. */
const EPSILON = 1e-5;

/** By the mean and the deviation (Ba et al. 2016), or by the root of the mean square (Zhang & Sennrich 2019). */
export type NormName = 'layer' | 'root-mean-square';

export interface Normalization {
  /** Default layer. */
  readonly norm?: NormName;
  /** Names of its parameters, vectors on the axes of the norm; no shift if absent. */
  readonly gain: string;
  readonly shift?: string;
  /**
   * What multiplies: the parameter `gain`, which starts at 1, as checkpoints have it; or 1 plus it, so that it starts at
   * zero and is scaled like other vectors (theory 6).
   */
  readonly gains: 'gain' | '1 + gain';
  /** Added to the variance, or to the mean square. */
  readonly epsilon?: number;
}

/** (x − mean)/√(variance + epsilon), mean and variance over these axes. */
export const standardized = (writer: Writer, x: Value, over: readonly Axis[], epsilon: number): Value =>
  writer.call('normalize', [x], over, { epsilon });

/** x/√(mean of x² + epsilon). */
function scaled(writer: Writer, x: Value, over: readonly Axis[], epsilon: number): Value {
  const meanSquare = writer.reduce('mean', writer.map(square(argument(0)), [x]), over);
  const inverse = writer.map(div(1, unary('sqrt', add(argument(0), epsilon))), [meanSquare]);
  return writer.map(mul(argument(0), argument(1)), [x, inverse]);
}

const NORMS = { layer: standardized, 'root-mean-square': scaled } as const satisfies Record<NormName, unknown>;

/** gain ∘ norm(x) + shift, the norm over these axes. */
export function normalized(
  net: NetWriter,
  x: Value,
  { norm = 'layer', gain, shift, gains, epsilon = EPSILON }: Normalization,
  over: readonly Axis[] = ['n'],
): Value {
  const { writer } = net;
  const plain = NORMS[norm](writer, x, over, epsilon);
  const start = gains === 'gain' ? { law: ONE_LAW } : { law: ZERO_LAW };
  const gained = writer.contract(plain, net.parameter(gain, 'vector', over, start), []);
  if (gains === 'gain' && shift === undefined) return gained;
  const shifts = shift === undefined ? [] : [net.vector(shift, over)];
  return net.sum([...(gains === 'gain' ? [] : [plain]), gained, ...shifts]);
}
