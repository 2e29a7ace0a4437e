/** Layer norm with gain and shift. */

import type { Axis, Value, Writer } from '../../program/index.ts';
import { type NetWriter, ONE_LAW, ZERO_LAW } from '../netWriter.ts';

/** Added to the variance where nothing else is asked for. */
const EPSILON = 1e-5;

export interface Normalization {
  /** Names of its parameters, vectors on [n]. */
  readonly gain: string;
  readonly shift: string;
  /**
   * What multiplies: the parameter `gain`, which starts at 1, as checkpoints have it; or 1 plus it, so that it starts at
   * zero and is scaled like other vectors (theory 6).
   */
  readonly gains: 'gain' | '1 + gain';
  /** Added to the variance. */
  readonly epsilon?: number;
}

/** (x − mean)/√(variance + epsilon), mean and variance over these axes. */
export const standardized = (writer: Writer, x: Value, over: readonly Axis[], epsilon: number): Value =>
  writer.call('normalize', [x], over, { epsilon });

/** gain ∘ (x − mean)/√(variance + epsilon) + shift, mean and variance over n. */
export function normalized(net: NetWriter, x: Value, { gain, shift, gains, epsilon = EPSILON }: Normalization): Value {
  const { writer } = net;
  const plain = standardized(writer, x, ['n'], epsilon);
  const start = gains === 'gain' ? { law: ONE_LAW } : { law: ZERO_LAW };
  const gained = writer.contract(plain, net.parameter(gain, 'vector', ['n'], start), []);
  return net.sum([...(gains === 'gain' ? [] : [plain]), gained, net.vector(shift, ['n'])]);
}
