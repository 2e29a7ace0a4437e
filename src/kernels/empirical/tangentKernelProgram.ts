/**
 * The tangent kernel as a program, for interpreters that take more than closed forms do. It is that of theory 7, with
 * signs that of theory 9.
 */

import {
  type Axis,
  argument,
  type InstructionOf,
  mul,
  type Program,
  rewrite,
  spaceOf,
  splitAt,
  union,
  type Value,
  without,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { dataOutput } from '../output.ts';
import { checkRates, type Rates, rateFormula } from '../rates.ts';
import { writeShare } from './products.ts';
import { writeSign } from './signs.ts';
import { type Differentiated, differentiated, type Factors } from './uses.ts';

/** What `tangentKernelProgram` writes: of which output, with which rates, by gradients or by their signs. */
export interface TangentProgramOptions {
  /** The output that is differentiated, on the axis of examples and, with `outputs`, fixed ones; the only one if absent. */
  readonly output?: string;
  /**
   * `each`: of several outputs, whose sizes the program tells, each with each: `ntk` is then on [batch, entry, batch', entry'],
   * entries of the output row-major. Default: one output.
   */
  readonly outputs?: 'each';
  /** The axis of the data that counts examples; default `batch`. */
  readonly examples?: Axis;
  /** By parameter, what multiplies its share of the kernel, with its powers of sizes; default 1. */
  readonly rates?: Rates;
  /**
   * Whether gradients at the second input stand by their signs, Σ_θ rate_θ ∂f(x)/∂θ sign ∂f(x′)/∂θ: the kernel of a step of
   * the sign on one example (A-SignGD; Malladi et al. 2023, section 4; theory 7 and 9). For that every parameter is used
   * once for each example.
   */
  readonly signed?: boolean;
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
 * `kernels.several-outputs`, `kernels.signed-sum`, and the errors of {@link reverse}.
 */
export function tangentKernelProgram(program: Program, options: TangentProgramOptions = {}): Program {
  const { examples = 'batch', rates = {}, signed = false, outputs } = options;
  checkRates(program, rates);
  const { name } = dataOutput(program, options.output);
  const own = differentiated(program, name, examples);
  const { ride } = own;
  if (ride !== undefined && outputs === undefined) throw errors.severalOutputs(program.name, name, own.outputs);
  const other = `${examples}'`;
  const { counted, seed } = seeded(own, name);
  const each = ride !== undefined;
  const written = rewrite(counted, (node) => (node.name === own.seed ? seed : undefined), {
    name: `${program.name}, tangent kernel`,
    end: (writer, moved) => {
      const across = (value: Value): Value =>
        value.type.axes.includes(examples) ? writer.rename(value, [[examples, other]]) : value;
      const shares = own.parameters.flatMap(({ name: parameter, axes, uses }): Value[] => {
        if (rates[parameter] === 0) return [];
        const left = uses.map(
          ({ input, cotangent, scale }): Factors => ({ x: moved(input), d: moved(cotangent), scale }),
        );
        const sums =
          uses.length > 1 ||
          left.some(({ x, d }) => without(union(x.type.axes, d.type.axes), [examples, ...axes]).length > 0);
        if (signed && sums) throw errors.signedSum(program.name, parameter);
        const right = left.map(
          ({ x, d, scale }): Factors =>
            // What a power of the width is the sign of is 1.
            signed
              ? { x: across(writeSign(writer, x)), d: across(writeSign(writer, d)), scale: [] }
              : { x: across(x), d: across(d), scale },
        );
        const pair = { axes, examples: [examples, other], ride, each, explicit: false } as const;
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

/** The cotangent of each output as a constant, and the program in which as many are counted. */
function seeded(
  { program, outputs, ride }: Differentiated,
  output: string,
): { readonly counted: Program; readonly seed: InstructionOf<'constant'> } {
  const sizes = outputs.map((axis) => {
    const size = program.spaces.find(({ name }) => name === spaceOf(axis))?.size;
    if (typeof size !== 'number') throw errors.severalOutputs(program.name, output, outputs);
    return size;
  });
  const count = sizes.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count ** 2 }, (_, k) => (k % (count + 1) === 0 ? 1 : 0));
  const axes = ride === undefined ? [] : [...outputs, ride];
  const spaces = program.spaces.map((space) => (space.name === ride ? { ...space, size: count } : space));
  return { counted: { ...program, spaces }, seed: { op: 'constant', type: { kind: 'real', axes }, values } };
}
