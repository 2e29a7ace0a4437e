import { argument, div, mul, sub, unary } from '../expressions.ts';
import type { NamedFunction } from './function.ts';

const [x, y, z] = [argument(0), argument(1), argument(2)];

/** softmax over axes: e^(x − max) / Σ e^(x − max). */
export const softmax: NamedFunction = {
  arity: 1,
  keepsAxes: true,
  define(writer, [input], { over }) {
    const exponential = writer.map(unary('exp', sub(x, y)), [input, writer.reduce('max', input, over)]);
    return writer.map(div(x, y), [exponential, writer.reduce('sum', exponential, over)]);
  },
  /** dx = p (dp − Σ p dp). */
  derivative(writer, _args, { over }, probabilities, cotangent) {
    const weighted = writer.map(mul(x, y), [probabilities, cotangent]);
    const total = writer.reduce('sum', weighted, over);
    return [writer.map(sub(x, mul(y, z)), [weighted, probabilities, total])];
  },
};
