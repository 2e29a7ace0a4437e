/**
 * The tangent kernel of one network of a finite width, at whatever values its parameters have. Its limit is that of
 * theory 7; at the weights of a trained network it is the kernel of theory 9.
 */

import { required } from '../../errors/index.ts';
import type { Matrix } from '../../numeric/index.ts';
import {
  type Axis,
  bind,
  entries,
  type Program,
  reorder,
  type SizedRun,
  type Sizes,
  shapeOf,
  spaceOf,
  symbolsOf,
  type Tensor,
  type Tensors,
  tensor,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { joinedInputs, joinedTensors } from '../inputs.ts';
import { dataOutput } from '../output.ts';
import { checkRates, type Rates, rateOf } from '../rates.ts';
import { Blocks, cut, slice } from './blocks.ts';
import { factorsProgram, named, productsProgram } from './programs.ts';
import { type Differentiated, differentiated, freeSpace, otherRide } from './uses.ts';

/** The network, its parameters and its inputs that `empiricalNtk` computes the kernel of. */
export interface EmpiricalOptions {
  /** What runs programs: the oracle's `interpret` in f64, or `engine.run` in f32; sums over parameters are in f64. */
  readonly run: SizedRun;
  /** Values of the parameters, and data that are not one for each example, such as masks. */
  readonly values: Tensors;
  /** Inputs by the name of the program's data, on the axis of examples and further ones. */
  readonly x1: Tensors;
  /** Inputs of the other side; those of x1 if absent. */
  readonly x2?: Tensors;
  /** The output that is differentiated, on the axis of examples and fixed ones; the only one if absent. */
  readonly output?: string;
  /** The axis of the data that counts examples; default `batch`. */
  readonly examples?: Axis;
  /** Sizes by symbol that values and inputs do not tell. */
  readonly sizes?: Sizes;
  /** By parameter, what multiplies its share, n^(d − c) as in {@link limitingKernels}; 0 leaves it out. Default 1. */
  readonly rates?: Rates;
  /**
   * Of several outputs: the `mean` of their kernels (default, as in {@link limitingKernels}), their `sum`, or `each` with
   * each, in rows and columns that count examples and, within these, outputs.
   */
  readonly outputs?: 'mean' | 'sum' | 'each';
  /** Examples whose gradients are held and multiplied at a time; default 64. */
  readonly block?: number;
}

const BLOCK = 64;

/**
 * Σ_θ rate_θ ∂f(x)/∂θ ∂f(x′)/∂θ, [x1, x2], of a network at given values: the kernel by which these outputs would move under
 * a small step of gradient descent, and whose limit in the width is `limitingKernels`' ntk.
 *
 * Gradients are kept as factors, x and dh of each use of a parameter, and a parameter's share is Σ (x · x′)(dh · dh′) over
 * places where that is less work than its gradients; no n × n gradient of a wide matrix is ever made. Tied weights have all their
 * cross terms. Rows that an index picks count as products with the identity, which takes memory for examples × places
 * × rows: kernels of language models with large vocabularies are `nexort/lm`'s.
 *
 * Throws {@link UserError} `kernels.not-given`, `kernels.unknown-data`, `kernels.wrong-axes`, `kernels.no-inputs`,
 * `kernels.other-size`, `kernels.other-count`, `kernels.not-finite`, `kernels.unknown-output`, `kernels.unknown-rate`,
 * `kernels.wide-output`, `kernels.bad-block`, and the errors of {@link reverse} and of `run`.
 */
export async function empiricalNtk(program: Program, options: EmpiricalOptions): Promise<Matrix> {
  const { run, examples = 'batch', rates = {}, sizes: given = {}, outputs: kind = 'mean', block = BLOCK } = options;
  if (!Number.isSafeInteger(block) || block < 1) throw errors.badBlock(block);
  checkRates(program, rates);
  const own = differentiated(program, dataOutput(program, options.output).name, examples);
  const inputs = joinedInputs(program, options.x1, options.x2, examples, options.values);
  const { first, second } = inputs;
  const data = joinedTensors(inputs);
  const feeds = { ...options.values, ...data };
  const symbols = symbolsOf(program, given, feeds);
  const sizes = bind(program, given, feeds);
  const size = (space: string): number => required(sizes[space], `size of space "${space}"`);
  const count = entries(shapeOf(own.outputs, sizes));
  const trained = own.parameters.filter(({ name }) => rateOf(name, rates, size) !== 0);
  const passes = factorsProgram(own, trained);
  const blocks: HeldBlock[] = [];
  for (const { from, to } of cut(first, second, block)) {
    const part = Object.entries(data).map(([name, value]) => [name, slice(value, examples, { from, to })] as const);
    const all = { ...options.values, ...Object.fromEntries(part), [own.seed]: seedOf(own, size, count) };
    blocks.push({ from, to, factors: await run(passes, all, given) });
  }
  const lines = kind === 'each' ? count : 1;
  const total = new Blocks(first, second, lines);
  const other = freeSpace(own.program, 'other');
  const products = productsProgram(own, trained, { examples, other, each: lines > 1, block, size, count });
  const counted = own.ride === undefined ? {} : { [own.ride]: count };
  for (const row of blocks) {
    for (const column of blocks) {
      if (!total.holds(row, column)) continue;
      const sides = { ...named('left', row.factors), ...named('right', column.factors, examples, other) };
      const lengths = { [examples]: row.to - row.from, [other]: column.to - column.from };
      const shares = await run(products, sides, { ...symbols, ...counted, ...lengths });
      for (const { name } of trained) {
        const share = required(shares[name], `share of "${name}"`);
        const [ride, prime] = own.ride === undefined || lines === 1 ? [[], []] : [[own.ride], [otherRide(own.ride)]];
        const weight = rateOf(name, rates, size) / (kind === 'mean' ? count : 1);
        total.add(row, column, reorder(share, [examples, ...ride, other, ...prime]), weight);
      }
    }
  }
  return total.matrix;
}

interface HeldBlock {
  readonly from: number;
  readonly to: number;
  /** By names of values. */
  readonly factors: Tensors;
}

/** One cotangent for each entry of the output. */
function seedOf({ outputs, ride }: Differentiated, size: (space: string) => number, count: number): Tensor {
  if (ride === undefined) return tensor([], [], [1]);
  const identity = Array.from({ length: count ** 2 }, (_, k) => (k % (count + 1) === 0 ? 1 : 0));
  return tensor([...outputs, ride], [...outputs.map((axis) => size(spaceOf(axis))), count], identity);
}
