/**
 * Reverse-mode differentiation: a program becomes the program that also computes its cotangents (theory 4,
 * IVb 2.9.14).
 *
 * A cotangent is the adjoint with respect to the mean inner product on width axes and the ordinary sum on fixed ones:
 * for an output f and a value y, df = ⟨dy, δy⟩. So adj(mean) = broadcast, adj(broadcast) = mean and adj(W) = Wᵀ, every
 * cotangent of a faithful parametrization is of order 1 in the width, and without width axes it is backpropagation.
 *
 * `keep` names axes along which the program works example by example (the batch). Nothing is summed over them, so
 * cotangents and gradients come out per example. The seed may carry axes of its own that ride along, one per output
 * wanted. A parameter's gradient is the list, over its uses, of factors (factors.ts).
 */

import { type Axis, contains, intersection, spaceOf, without } from './axes.ts';
import { differentiate } from './derivatives.ts';
import {
  batchedParameterGather,
  broken,
  keptAxisMixed,
  missingSeed,
  notDifferentiable,
  seedAxisTaken,
} from './errors.ts';
import { expand } from './expand.ts';
import {
  argument,
  argumentsOf,
  combinePowers,
  mul,
  renumber,
  type SizePower,
  type SizePowerLike,
  sizeProduct,
} from './expressions.ts';
import type { GradientFactor, Reversed, ZeroGradient } from './factors.ts';
import { flatGradients } from './flat.ts';
import { namedFunctions } from './functions/index.ts';
import { type InstructionOf, type Op, operands } from './instructions.ts';
import { sharesOfMaximum } from './maximum.ts';
import { type Node, nodeOf, nodesOf, outputOf, type Program } from './program.ts';
import { movedAxes, type Rearrangement, startOfOperand } from './rearranging.ts';
import { type Value, Writer } from './writer.ts';

/** Where cotangents enter. */
export interface Seed {
  /** Name of the output to differentiate. */
  readonly output: string;
  /** Axes of the seed, which becomes the input `d.<output>`: all axes of the output that are not kept, and any others. */
  readonly seed: readonly Axis[];
}

/**
 * What `reverse` differentiates: outputs with the axes of their seeds, axes that are kept, whose gradients are wanted.
 */
export interface ReverseOptions extends Seed {
  /** Further outputs, each with a seed of its own: what is differentiated is the sum over all of them. */
  readonly also?: readonly Seed[];
  /** Axes never summed over. */
  readonly keep?: readonly Axis[];
  /** Parameters whose gradients are wanted; default all. */
  readonly parameters?: (name: string) => boolean;
  /** Inputs whose cotangents are wanted, handed out as `d.<input>`. */
  readonly inputs?: readonly string[];
}

/** The name under which a cotangent enters and leaves. */
export const cotangentName = (name: string): string => `d.${name}`;

/**
 * Differentiates one output. Throws {@link UserError} `program.seed-axes`, `program.kept-axis-mixed`;
 * {@link UnsupportedError} `program.batched-parameter-gather`.
 */
export function reverse(original: Program, options: ReverseOptions): Reversed {
  const program = expand(original, (call) => namedFunctions[call.name].derivative === undefined);
  return new Reverser(program, options).run();
}

class Reverser {
  readonly #program: Program;
  readonly #options: ReverseOptions;
  readonly #keep: readonly Axis[];
  readonly #writer: Writer;
  readonly #contributions = new Map<string, Value[]>();
  readonly #factors: GradientFactor[] = [];
  readonly #zero: ZeroGradient[] = [];
  /** Values on which a wanted parameter or input bears. */
  readonly #active = new Set<string>();

  constructor(program: Program, options: ReverseOptions) {
    this.#program = program;
    this.#options = options;
    this.#keep = options.keep ?? [];
    this.#writer = Writer.from(program, `${program.name}, differentiated`);
    this.#markActive();
  }

  run(): Reversed {
    const { inputs = [], also = [] } = this.#options;
    for (const one of [this.#options, ...also]) this.#seed(one);
    for (const node of [...this.#program.nodes].reverse()) this.#visit(node);
    for (const { name, value, role } of this.#program.outputs)
      this.#writer.output(name, this.#writer.value(value), role);
    for (const input of inputs) {
      const cotangent = this.#writer.sum(this.#contributions.get(input) ?? []);
      if (cotangent === undefined) continue;
      // A cotangent that no example bears on differently lacks the kept axes until it is handed out.
      const missing = without(this.#axes(input), cotangent.type.axes);
      this.#writer.output(cotangentName(input), this.#writer.broadcast(cotangent, missing));
    }
    const tops = [this.#options, ...also].map(({ output }) => outputOf(this.#program, output).value);
    const flat = flatGradients(this.#program, this.#missed(), tops);
    return { program: this.#writer.finish(), factors: this.#factors, zero: this.#zero, flat };
  }

  #seed({ output, seed }: Seed): void {
    const top = nodeOf(this.#program, outputOf(this.#program, output).value);
    const needed = without(top.type.axes, this.#keep);
    if (!contains(seed, needed)) throw missingSeed(seed, needed);
    const used = new Set(this.#program.nodes.flatMap((node) => node.type.axes));
    // Along a kept axis the cotangent of a value without it is that of each example.
    const captured = without(seed, top.type.axes, this.#keep).filter((axis) => used.has(axis));
    if (captured.length > 0) throw seedAxisTaken(captured, this.#program.name);
    const type = { kind: 'real', axes: seed } as const;
    this.#contribute(top.name, this.#writer.write({ op: 'input', role: 'data', type }, cotangentName(output)));
  }

  #markActive(): void {
    const { parameters = () => true, inputs = [] } = this.#options;
    for (const node of this.#program.nodes) {
      const { instruction, name } = node;
      if (instruction.op === 'parameter' && parameters(name)) {
        if (instruction.zeroGradient === undefined) this.#active.add(name);
        else this.#zero.push({ parameter: name, reason: instruction.zeroGradient });
      }
      if (instruction.op === 'input' && inputs.includes(name)) this.#active.add(name);
      if (operands(instruction).some((ref) => this.#active.has(ref))) this.#active.add(name);
    }
  }

  /** Wanted parameters that no cotangent reaches. */
  #missed(): readonly string[] {
    const reached = new Set(this.#factors.map(({ parameter }) => parameter));
    const parameters = nodesOf(this.#program, 'parameter').map(({ name }) => name);
    return parameters.filter((name) => this.#active.has(name) && !reached.has(name));
  }

  #contribute(name: string, cotangent: Value): void {
    const known = this.#contributions.get(name);
    if (known === undefined) this.#contributions.set(name, [cotangent]);
    else known.push(cotangent);
  }

  #visit(node: Node): void {
    const { op } = node.instruction;
    if (!this.#active.has(node.name) || op === 'input' || op === 'parameter') return;
    const cotangent = this.#writer.sum(this.#contributions.get(node.name) ?? []);
    if (cotangent === undefined) return;
    const rule = this.#rules[op] as (instruction: Node['instruction'], node: Node, cotangent: Value) => void; // total map
    rule(node.instruction, node, cotangent);
  }

  readonly #rules: { readonly [K in Op]: (instruction: InstructionOf<K>, node: Node, cotangent: Value) => void } = {
    input: () => {},
    parameter: () => {},
    constant: () => {},

    /** dxᵢ = ∂expr/∂xᵢ · dy, summed (fixed) or averaged (width) over the axes that xᵢ lacks. */
    map: ({ expr, args }, node, cotangent) => {
      const values = args.map((ref) => this.#writer.value(ref));
      args.forEach((ref, k) => {
        if (!this.#active.has(ref)) return;
        const slope = mul(differentiate(expr, k), argument(args.length));
        if (slope.op === 'constant') return;
        const used = [...argumentsOf(slope)].filter((index) => index < args.length);
        const term = this.#writer.map(renumber(slope, [...used, args.length]), [
          ...used.map((index) => values[index]),
          cotangent,
        ]);
        this.#contribute(ref, this.#shrink(term, this.#axes(ref), node));
      });
    },

    /** z = Σ x·y: dx = (N(x)/N(z)) Σ dz·y, N the product of width sizes; a parameter's use is a factor instead. */
    contract: ({ args: [left, right], over }, node, cotangent) => {
      this.#refuseKept(over, node, 'sums over it');
      for (const [ref, other] of [
        [left, right],
        [right, left],
      ] as const) {
        if (!this.#active.has(ref)) continue;
        const second = this.#writer.value(other);
        if (this.#isParameter(ref)) {
          const scale = this.#normalization([], node.type.axes);
          this.#factors.push({ kind: 'product', parameter: ref, input: other, cotangent: cotangent.name, scale });
          continue;
        }
        const summed = without(node.type.axes, this.#axes(ref), this.#keep);
        const term = this.#writer.contract(cotangent, second, summed);
        this.#contribute(ref, this.#scaled(term, this.#normalization(this.#axes(ref), node.type.axes)));
      }
    },

    reduce: ({ by, arg, over }, node, cotangent) => {
      this.#refuseKept(over, node, `takes its ${by}`);
      if (!this.#active.has(arg)) return;
      const wide = this.#writer.broadcast(cotangent, over);
      const powers = this.#normalization(this.#axes(arg), node.type.axes);
      if (by !== 'max') {
        const sizes = by === 'mean' ? over.map((axis) => ({ space: spaceOf(axis), exponent: -1 })) : [];
        this.#contribute(arg, this.#scaled(wide, combinePowers([...powers, ...sizes])));
        return;
      }
      const [x, z] = [this.#writer.value(arg), this.#writer.value(node.name)];
      const share = sharesOfMaximum(this.#writer, x, z, over);
      this.#contribute(arg, this.#scaled(this.#writer.map(mul(argument(0), argument(1)), [share, wide]), powers));
    },

    broadcast: ({ arg }, node, cotangent) => {
      if (this.#active.has(arg)) this.#contribute(arg, this.#shrink(cotangent, this.#axes(arg), node));
    },

    gather: ({ table, index, axis }, node, cotangent) => {
      this.#refuseKept([axis], node, 'gathers along it');
      if (!this.#active.has(table)) return;
      const indexAxes = this.#axes(index);
      if (this.#isParameter(table)) {
        if (intersection(indexAxes, this.#axes(table)).length > 0) throw batchedParameterGather(node.name, table);
        const scale = this.#normalization([], node.type.axes);
        this.#factors.push({ kind: 'rows', parameter: table, axis, index, cotangent: cotangent.name, scale });
        return;
      }
      const over = without(indexAxes, this.#axes(table), this.#keep);
      const values = this.#writer.broadcast(cotangent, without(indexAxes, cotangent.type.axes));
      const term = this.#writer.write({ op: 'scatter', values: values.name, index, into: axis, over });
      this.#contribute(table, this.#scaled(term, this.#normalization(this.#axes(table), node.type.axes)));
    },

    scatter: ({ values, index, into, over }, node, cotangent) => {
      this.#refuseKept([...over, into], node, 'scatters along it');
      if (!this.#active.has(values)) return;
      const term = this.#writer.write({ op: 'gather', table: cotangent.name, index, axis: into });
      this.#contribute(values, this.#scaled(term, this.#normalization(this.#axes(values), node.type.axes)));
    },

    rename: ({ arg, axes }, node, cotangent) => {
      this.#refuseKept(
        axes.map(([from]) => from),
        node,
        'renames it',
      );
      if (!this.#active.has(arg)) return;
      this.#contribute(
        arg,
        this.#writer.rename(
          cotangent,
          axes.map(([from, to]) => [to, from]),
        ),
      );
    },

    window: (window, node, cotangent) => {
      this.#refuseKept([window.axis, window.position, window.offset], node, 'takes windows along it');
      this.#contribute(window.arg, this.#writer.write({ ...window, op: 'overlap', arg: cotangent.name }));
    },

    overlap: (window, node, cotangent) => {
      this.#refuseKept([window.axis, window.position, window.offset], node, 'adds windows up along it');
      this.#contribute(window.arg, this.#writer.write({ ...window, op: 'window', arg: cotangent.name }));
    },

    split: (split, node, cotangent) => {
      this.#refuseMoved(split, node);
      this.#contribute(split.arg, this.#writer.merge(cotangent, split.into, split.axis));
    },

    merge: (merge, node, cotangent) => {
      this.#refuseMoved(merge, node);
      this.#contribute(merge.arg, this.#writer.split(cotangent, merge.into, merge.axes));
    },

    concat: (concat, node, cotangent) => {
      this.#refuseMoved(concat, node);
      concat.axes.forEach((axis, k) => {
        const ref = concat.args[k];
        if (ref === undefined || !this.#active.has(ref)) return;
        this.#contribute(ref, this.#writer.select(cotangent, concat.into, axis, startOfOperand(concat, k)));
      });
    },

    select: (select, node, cotangent) => {
      this.#refuseMoved(select, node);
      this.#contribute(select.arg, this.#writer.pad(cotangent, select.into, select.axis, select.after));
    },

    pad: (pad, node, cotangent) => {
      this.#refuseMoved(pad, node);
      this.#contribute(pad.arg, this.#writer.select(cotangent, pad.into, pad.axis, pad.after));
    },

    call: (call, node, cotangent) => {
      this.#refuseKept(call.over, node, `takes ${call.name} over it`);
      const { derivative } = namedFunctions[call.name];
      if (derivative === undefined) throw notDifferentiable(node.name, `${call.name} has no derivative rule`);
      const args = call.args.map((ref) => this.#writer.value(ref));
      const terms = derivative(this.#writer, args, call, this.#writer.value(node.name), cotangent);
      call.args.forEach((ref, k) => {
        const term = terms[k];
        if (term === undefined) throw broken(node.name, `the derivative of ${call.name} lacks operand ${k + 1}`);
        if (this.#active.has(ref)) this.#contribute(ref, term);
      });
    },
  };

  /** The adjoint of broadcasting to more axes: sum over fixed ones, mean over widths, nothing over kept ones. */
  #shrink(term: Value, axes: readonly Axis[], node: Node): Value {
    const extra = without(intersection(node.type.axes, term.type.axes), axes, this.#keep);
    const widths = this.#writer.widthAxes(extra);
    const fixedAxes = without(extra, widths);
    return this.#writer.reduce('mean', this.#writer.reduce('sum', term, fixedAxes), widths);
  }

  /** N(to)/N(from), N the product of the sizes of width axes. */
  #normalization(to: readonly Axis[], from: readonly Axis[]): SizePower[] {
    const count = (axes: readonly Axis[], exponent: number): SizePowerLike[] =>
      this.#writer.widthAxes(axes).map((axis) => ({ space: spaceOf(axis), exponent }));
    return combinePowers([...count(to, 1), ...count(from, -1)]);
  }

  #scaled(term: Value, powers: readonly SizePower[]): Value {
    return powers.length === 0 ? term : this.#writer.map(mul(sizeProduct(powers), argument(0)), [term]);
  }

  #axes(ref: string): readonly Axis[] {
    return this.#writer.value(ref).type.axes;
  }

  #isParameter(ref: string): boolean {
    return nodeOf(this.#program, ref).instruction.op === 'parameter';
  }

  #refuseMoved(moved: Rearrangement, node: Node): void {
    const { from, to } = movedAxes(moved);
    this.#refuseKept([...from, ...to], node, 'moves entries along it');
  }

  #refuseKept(axes: readonly Axis[], node: Node, how: string): void {
    const mixed = intersection(axes, this.#keep);
    if (mixed.length > 0) throw keptAxisMixed(node.name, mixed, how);
  }
}
