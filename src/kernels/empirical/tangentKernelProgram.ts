/** The tangent kernel as a program, for interpreters that take more than closed forms do. */

import { type Axis, argument, mul, type Program, rewrite, splitAt, type Value } from '../../program/index.ts';
import * as errors from '../errors.ts';
import { dataOutput } from '../output.ts';
import { checkRates, type Rates, rateFormula } from '../rates.ts';
import { writeShare } from './products.ts';
import { differentiated, type Factors } from './uses.ts';

export interface TangentProgramOptions {
  /** The output that is differentiated, on the axis of examples alone; the only one if absent. */
  readonly output?: string;
  /** The axis of the data that counts examples; default `batch`. */
  readonly examples?: Axis;
  /** By parameter, what multiplies its share of the kernel; default 1. */
  readonly rates?: Rates;
}

/**
 * The program whose one output `ntk` [batch, batch′] is the tangent kernel of an output with itself over all pairs of
 * inputs, Σ_θ rate_θ ∂f(x)/∂θ ∂f(x′)/∂θ: the network, its backpropagation, and products of the factors of gradients. Powers of the width
 * cancel in it wherever the kernel has a limit.
 *
 * At a finite width it gives what {@link empiricalNtk} does. As kets (`exactLimit`, `estimate` of nexort/kets) it gives the limit
 * where `limitingKernels` refuses: a matrix with its transpose, values that fix their own weights.
 *
 * Throws {@link UserError} `kernels.unknown-output`, `kernels.unknown-rate`, `kernels.wide-output`,
 * `kernels.several-outputs`, and the errors of {@link reverse}.
 */
export function tangentKernelProgram(program: Program, options: TangentProgramOptions = {}): Program {
  const { examples = 'batch', rates = {} } = options;
  checkRates(program, rates);
  const { name } = dataOutput(program, options.output);
  const own = differentiated(program, name, examples);
  if (own.ride !== undefined) throw errors.severalOutputs(program.name, name, own.outputs);
  const other = `${examples}'`;
  const constant = { op: 'constant', type: { kind: 'real', axes: [] }, values: [1] } as const;
  const written = rewrite(own.program, (node) => (node.name === own.seed ? constant : undefined), {
    name: `${program.name}, tangent kernel`,
    end: (writer, moved) => {
      const across = (value: Value): Value =>
        value.type.axes.includes(examples) ? writer.rename(value, [[examples, other]]) : value;
      const shares = own.parameters.flatMap(({ name: parameter, axes, uses }): Value[] => {
        if (rates[parameter] === 0) return [];
        const left = uses.map(
          ({ input, cotangent, scale }): Factors => ({ x: moved(input), d: moved(cotangent), scale }),
        );
        const right = left.map(({ x, d, scale }): Factors => ({ x: across(x), d: across(d), scale }));
        const pair = { axes, examples: [examples, other], ride: undefined, each: false, explicit: false } as const;
        const share = writeShare(writer, left, right, pair);
        return share === undefined ? [] : [writer.map(mul(rateFormula(parameter, rates), argument(0)), [share])];
      });
      const total = writer.sum(shares);
      if (total === undefined) throw errors.nothingTrained(program.name, name);
      writer.output('ntk', total);
    },
  });
  // Without what the kernel does not depend on: a bias of the output, say, which kets would ask for a law that vanishes.
  return { ...splitAt(written).before, name: written.name };
}
