/** Gradients as a limit asks for them: of order 1, where a rule does not mind their size (IVb 2.8; theory 6). */

import type { Net } from '../../nets/index.ts';
import { exponentsFor, finite, type ParameterKind, type Parametrization, plus } from '../../parametrizations/index.ts';
import { compare, type Exponent } from '../../program/index.ts';
import * as errors from '../errors.ts';
import type { StepOptions } from '../options.ts';
import { classified } from './conditions.ts';

/**
 * The parametrization whose step at infinite width is the limit of steps in the given one: the same, but where the rule is
 * scale-invariant once its ε is taken to be 0, as Adam is, each parameter has the exponent d for which Q sees gradients of
 * order 1, d_l = a_l + a_{L+1} + b_{L+1} and d_{L+1} = a_{L+1}. In front of gradients that vanish with the width the least ε
 * would win at last: widths that anyone trains are far from there.
 *
 * Throws {@link UserError} `training.no-limit` where features move, Q is not linear, and the readout starts smaller than
 * its first update: what Q sees of the layers below then is of one size in the first step and of another in the next.
 */
export function faithfulParametrization(net: Net, options: StepOptions): Parametrization {
  const { parametrization } = options;
  const { rule, layers, readout, regime, faithfulAtStart } = classified(net, options);
  const last = layers.at(-1);
  if (last === undefined) return parametrization;
  const { b } = last.exponents;
  if (regime === 'feature learning' && !rule.linear && finite(b) && compare(b, last.rate) > 0)
    throw errors.outgrown(parametrization.name, options.optimizer.name, last.layer, b, last.rate);
  if (faithfulAtStart || !rule.scaleInvariant || !rule.withoutEpsilon) return parametrization;
  const seen: Readonly<Record<ParameterKind, Exponent | undefined>> = {
    vector: readout,
    matrix: readout,
    readout: parametrization.out,
    // The gradient of a bias of the output is the error signal, of order 1 in all parametrizations.
    scalar: undefined,
  };
  const parameters = net.parameters.map((parameter) => {
    const own = exponentsFor(parametrization, parameter);
    const scale = seen[parameter.kind];
    return [parameter.name, scale === undefined ? own : { ...own, d: plus(own.a, scale) }] as const;
  });
  return { ...parametrization, parameters: Object.fromEntries(parameters) };
}
