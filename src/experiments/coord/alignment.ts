/**
 * Alignment of weights with what they multiply, over time: how a product's size compares with those of its factors. A sum
 * of n independent terms is √n times as large as one, a sum of n aligned ones n times. The log alignment ratio (Everett et
 * al. 2024, arXiv 2407.05872)
 *
 *     A = ln (|W x| / (|W| |x|)) / ln n,  |·| the root-mean-square entry, n the terms that are summed,
 *
 * is 1/2 and 1 up to what constants leave at finite n; its exponent over several widths is so without them. Measured of the
 * product as it is, and of what training adds to it: ΔW x₀, W₀ Δx and ΔW Δx, which with W₀ x₀ are W x.
 */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import {
  type Axis,
  add,
  argument,
  bind,
  extend,
  type InstructionOf,
  mul,
  type Program,
  type Sizes,
  spaceOf,
  square,
  sub,
  type Tensors,
  type Value,
  type Writer,
} from '../../program/index.ts';
import { type Product, wayUp } from './effects.ts';
import { intervalOf, judge } from './judge.ts';
import { fitLogs, type Runs } from './measure.ts';
import type { Aligned, Alignment, AlignmentTerm } from './result.ts';

/** A product of a weight that sums, with what its layer is called. */
export interface AlignedProduct extends Product {
  readonly layer: string;
}

/** A product, and what training has added to it, in the order in which they are shown. */
export const ALIGNMENT_TERMS: readonly AlignmentTerm[] = ['W x', 'ΔW x₀', 'W₀ Δx', 'ΔW Δx'];

const squareName = (what: string, value: string): string => `mean square of ${what} in ${value}`;

/** A product of a training step as it is multiplied out. */
interface Multiplied extends AlignedProduct {
  readonly over: readonly Axis[];
  readonly args: readonly [string, string];
}

/** The products that sum; rows that are looked up sum nothing. */
function summingProducts(program: Program, products: readonly AlignedProduct[]): Multiplied[] {
  return products.flatMap((product) => {
    const instruction = wayUp(program, product.value, product.parameter)[0]?.instruction;
    return instruction?.op === 'contract' && instruction.over.length > 0
      ? [{ ...product, over: instruction.over, args: instruction.args }]
      : [];
  });
}

/**
 * The step with states that keep weights and inputs of products as they were at first, and with mean squares of all factors
 * and terms.
 */
export function withAlignment(program: Program, products: readonly AlignedProduct[]): Program {
  const all = summingProducts(program, products);
  return extend(program, (writer) => {
    const firsts = new Firsts(writer);
    for (const { parameter, value, over, args } of all) {
      const other = required(
        args.find((ref) => ref !== parameter),
        `what "${parameter}" multiplies`,
      );
      const [weight, input] = [writer.value(parameter), writer.value(other)];
      const [weightBefore, inputBefore] = [firsts.of(weight), firsts.of(input)];
      const [weightChange, inputChange] = [
        writer.map(sub(argument(0), argument(1)), [weight, weightBefore]),
        writer.map(sub(argument(0), argument(1)), [input, inputBefore]),
      ];
      const factors: Readonly<Record<AlignmentTerm, readonly [Value, Value]>> = {
        'W x': [weight, input],
        'ΔW x₀': [weightChange, inputBefore],
        'W₀ Δx': [weightBefore, inputChange],
        'ΔW Δx': [weightChange, inputChange],
      };
      for (const [term, [left, right]] of Object.entries(factors)) {
        const product = args[0] === parameter ? ([left, right] as const) : ([right, left] as const);
        const parts = { product: writer.contract(...product, over), left, right };
        for (const [part, made] of Object.entries(parts))
          writer.output(squareName(`${part} of ${term}`, value), meanOfSquares(writer, made));
      }
    }
    firsts.finish();
  });
}

function meanOfSquares(writer: Writer, value: Value): Value {
  const squared = writer.map(square(argument(0)), [value]);
  return writer.reduce('mean', squared, squared.type.axes);
}

/** Values at the first step: states that start at 0, and take what is there while training has not begun. */
class Firsts {
  readonly #writer: Writer;
  readonly #begun: Value;
  readonly #kept = new Map<string, Value>();

  constructor(writer: Writer) {
    this.#writer = writer;
    this.#begun = this.#state('whether training has begun', []);
  }

  /** The value as it was at the first step; at the first step itself. */
  of(value: Value): Value {
    const known = this.#kept.get(value.name);
    if (known !== undefined) return known;
    const state = this.#state(`${value.name} at first`, value.type.axes);
    const [begun, kept, now] = [argument(0), argument(1), argument(2)];
    const expr = add(mul(begun, kept), mul(sub(1, begun), now));
    const along = this.#writer.broadcast(this.#begun, value.type.axes);
    const first = this.#writer.map(expr, [along, state, value]);
    this.#writer.output(state.name, first, 'state');
    this.#kept.set(value.name, first);
    return first;
  }

  finish(): void {
    const one = this.#writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
    this.#writer.output(this.#begun.name, one, 'state');
  }

  #state(name: string, axes: readonly Axis[]): Value {
    const type = { kind: 'real', axes } as const;
    const instruction: InstructionOf<'input'> = {
      op: 'input',
      role: 'state',
      type,
      law: { kind: 'constant', value: 0 },
    };
    return this.#writer.write(instruction, this.#writer.free(name));
  }
}

export interface AlignmentOptions {
  readonly widths: readonly number[];
  readonly steps: number;
  /** Sizes that width and data leave open. */
  readonly sizes: Sizes;
  readonly data: Tensors;
  readonly symbol: string;
}

/** What runs of {@link withAlignment} say, product by product, term by term, step by step. */
export function alignmentsOf(
  program: Program,
  products: readonly AlignedProduct[],
  runs: Runs,
  { widths, steps, sizes, data, symbol }: AlignmentOptions,
): Alignment[] {
  return summingProducts(program, products).flatMap(({ layer, parameter, value, over }) => {
    const terms = widths.map((width) => {
      const bound = bind(program, { ...sizes, [symbol]: width }, data);
      return over.reduce((count, axis) => count * required(bound[spaceOf(axis)], `size of ${axis}`), 1);
    });
    return ALIGNMENT_TERMS.flatMap((term) =>
      Array.from({ length: steps + 1 }, (_, step): Alignment[] => {
        const squareOf = (run: Runs[number][number], part: string): number => {
          const name = squareName(`${part} of ${term}`, value);
          return required(run[name]?.value[step], name);
        };
        const logs = runs.map((atWidth) =>
          atWidth.map(
            (run) =>
              (Math.log(squareOf(run, 'product')) -
                Math.log(squareOf(run, 'left')) -
                Math.log(squareOf(run, 'right'))) /
              2,
          ),
        );
        const found = alignment(logs, terms);
        return found === undefined ? [] : [{ layer, parameter, term, step, ...found }];
      }).flat(),
    );
  });
}

/** Of logarithms of ratios by width and seed; undefined where a factor does not move, or something is not finite. */
export function alignment(
  logs: readonly (readonly number[])[],
  terms: readonly number[],
): Pick<Alignment, 'ratios' | 'terms' | 'exponent' | 'interval' | 'aligned'> | undefined {
  if (!logs.flat().every(Number.isFinite)) return undefined;
  const ratios = logs.map((values, k) => mean(values) / Math.log(required(terms[k], 'terms of a sum')));
  // A sum of as many terms at every width tells no exponent.
  if (new Set(terms).size < terms.length) return { ratios, terms };
  const fit = fitLogs(logs, terms);
  const interval = intervalOf(fit);
  if (fit.exponent === undefined || interval === undefined) return { ratios, terms };
  const says = (exponent: number) => judge(fit, { exponent, atMost: false });
  const [independent, full] = [says(INDEPENDENT), says(FULL)];
  const aligned: Aligned =
    independent === 'agrees' && full !== 'agrees'
      ? 'independent'
      : full === 'agrees' && independent !== 'agrees'
        ? 'aligned'
        : independent === 'differs' && full === 'differs'
          ? 'between'
          : 'unclear';
  return { ratios, terms, exponent: fit.exponent, interval, aligned };
}

/** Exponents of sums of independent and of aligned terms. */
const [INDEPENDENT, FULL] = [0.5, 1];
