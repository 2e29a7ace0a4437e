import { add, argument, mul, sub, unary } from '../expressions.ts';
import type { NamedFunction } from './function.ts';

const [x, y] = [argument(0), argument(1)];

/** ln Σ e^x over axes, through the maximum. */
export const logSumExp: NamedFunction = {
  define(writer, [input], { over }) {
    const largest = writer.reduce('max', input, over);
    const exponential = writer.map(unary('exp', sub(x, y)), [input, largest]);
    return writer.map(add(unary('log', x), y), [writer.reduce('sum', exponential, over), largest]);
  },
  /** dx = softmax(x) dz, with the factor n of each width axis summed away. */
  derivative(writer, [input], { over }, _result, cotangent) {
    const probabilities = writer.call('softmax', [input], over);
    return [writer.map(mul(writer.widthFactor(over), mul(x, y)), [probabilities, writer.broadcast(cotangent, over)])];
  },
  /** tz = Σ softmax(x) tx. */
  tangent(writer, [input], { over }, _result, [tangent]) {
    const weighted = writer.map(mul(x, y), [writer.call('softmax', [input], over), tangent]);
    return writer.reduce('sum', weighted, over);
  },
};
