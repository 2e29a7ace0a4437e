import { add, argument, div, mul, square, sub, unary } from '../expressions.ts';
import type { Value, Writer } from '../writer.ts';
import type { NamedFunction } from './function.ts';
import { attribute, type Call } from './signatures.ts';

const [x, y, z, w] = [argument(0), argument(1), argument(2), argument(3)];

/** The epsilon of a call without one: none. */
const EXACT = 0;

/** 1/√(variance + epsilon) over axes, the population variance. */
export const inverseDeviation: NamedFunction = {
  define(writer, [input], call) {
    const centered = writer.map(sub(x, y), [input, writer.reduce('mean', input, call.over)]);
    const variance = writer.reduce('mean', writer.map(square(x), [centered]), call.over);
    return writer.map(div(1, unary('sqrt', add(x, attribute(call, 'epsilon', EXACT)))), [variance]);
  },
};

/** (x − mean)/√(variance + epsilon) over axes: layer normalization before its gain and bias. */
export const normalize: NamedFunction = {
  define(writer, [input], { over, attributes }) {
    const inverse = writer.call('inverseDeviation', [input], over, attributes);
    return writer.map(mul(sub(x, y), z), [input, writer.reduce('mean', input, over), inverse]);
  },
  derivative: (writer, [input], call, result, cotangent) => [normalizeSlope(writer, input, call, result, cotangent)],
  tangent: (writer, [input], call, result, [tangent]) => normalizeSlope(writer, input, call, result, tangent),
};

/** r (v − mean v − y mean(y v)), r = 1/√(variance + epsilon), which is its own adjoint: dx of v = dy, and ty of v = tx. */
function normalizeSlope(
  writer: Writer,
  input: Value | undefined,
  { over, attributes }: Call,
  result: Value,
  v: Value | undefined,
): Value {
  const inverse = writer.call('inverseDeviation', [input], over, attributes);
  const mean = writer.reduce('mean', v, over);
  const along = writer.reduce('mean', writer.map(mul(x, y), [result, v]), over);
  const inner = writer.map(sub(sub(x, y), mul(z, w)), [v, mean, result, along]);
  return writer.map(mul(x, y), [inner, inverse]);
}
