import { add, argument, div, mul, square, sub, unary } from '../expressions.ts';
import { attribute, type NamedFunction } from './function.ts';

const [x, y, z, w] = [argument(0), argument(1), argument(2), argument(3)];

/** The epsilon of a call without one: none. */
const EXACT = 0;

/** 1/√(variance + epsilon) over axes, the population variance. */
export const inverseDeviation: NamedFunction = {
  arity: 1,
  keepsAxes: false,
  define(writer, [input], call) {
    const centered = writer.map(sub(x, y), [input, writer.reduce('mean', input, call.over)]);
    const variance = writer.reduce('mean', writer.map(square(x), [centered]), call.over);
    return writer.map(div(1, unary('sqrt', add(x, attribute(call, 'epsilon', EXACT)))), [variance]);
  },
};

/** (x − mean)/√(variance + epsilon) over axes: layer normalization before its gain and bias. */
export const normalize: NamedFunction = {
  arity: 1,
  keepsAxes: true,
  define(writer, [input], { over, attributes }) {
    const inverse = writer.call('inverseDeviation', [input], over, attributes);
    return writer.map(mul(sub(x, y), z), [input, writer.reduce('mean', input, over), inverse]);
  },
  /** dx = r (dy − mean dy − y mean(y dy)), r = 1/√(variance + epsilon). */
  derivative(writer, [input], { over, attributes }, result, cotangent) {
    const inverse = writer.call('inverseDeviation', [input], over, attributes);
    const mean = writer.reduce('mean', cotangent, over);
    const along = writer.reduce('mean', writer.map(mul(x, y), [result, cotangent]), over);
    const inner = writer.map(sub(sub(x, y), mul(z, w)), [cotangent, mean, result, along]);
    return [writer.map(mul(x, y), [inner, inverse])];
  },
};
