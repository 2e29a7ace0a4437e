import { argument, div, mul, sub, unary } from '../expressions.ts';
import type { Value, Writer } from '../writer.ts';
import type { NamedFunction } from './function.ts';
import type { Call } from './signatures.ts';

const [x, y, z] = [argument(0), argument(1), argument(2)];

/** softmax over axes: e^(x − max) / Σ e^(x − max). */
export const softmax: NamedFunction = {
  define(writer, [input], { over }) {
    const exponential = writer.map(unary('exp', sub(x, y)), [input, writer.reduce('max', input, over)]);
    return writer.map(div(x, y), [exponential, writer.reduce('sum', exponential, over)]);
  },
  derivative: (writer, _args, call, probabilities, cotangent) => [softmaxSlope(writer, call, probabilities, cotangent)],
  tangent: (writer, _args, call, probabilities, [tangent]) => softmaxSlope(writer, call, probabilities, tangent),
};

/** p (v − Σ p v), which is its own adjoint: dx of v = dp, and tp of v = tx. */
function softmaxSlope(writer: Writer, { over }: Call, probabilities: Value, v: Value | undefined): Value {
  const weighted = writer.map(mul(x, y), [probabilities, v]);
  const total = writer.reduce('sum', weighted, over);
  return writer.map(sub(x, mul(y, z)), [weighted, probabilities, total]);
}
