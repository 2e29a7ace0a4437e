/**
 * Forward-mode differentiation: a program becomes the program that also computes how its outputs change as inputs and
 * parameters move, its Jacobian applied to a direction.
 *
 * The tangent of a value y is its derivative along the direction: y(θ + εδ) = y(θ) + ε t.y + O(ε²), entry by entry. The
 * direction is given, one tangent for each value that moves, on its axes. Unlike cotangents (reverse.ts), tangents need no
 * powers of the width: they are of the size of the change itself. With the inner products there, the mean over width axes
 * and the sum over fixed ones, both modes are adjoint: ⟨d.f, t.f⟩ = Σ ⟨d.x, t.x⟩.
 *
 * A tangent that is zero by structure is not written. A state whose next value moves has a tangent that moves with it, so
 * that a step program carries the derivative of a whole training along.
 */

import { without } from './axes.ts';
import { differentiate } from './derivatives.ts';
import { notDifferentiable, unknownValue } from './errors.ts';
import { expand } from './expand.ts';
import { add, argument, argumentsOf, type Expr, mul, renumber } from './expressions.ts';
import { namedFunctions } from './functions/index.ts';
import {
  type InstructionOf,
  type Law,
  type Op,
  operands,
  type Ref,
  type Role,
  type ValueType,
} from './instructions.ts';
import { sharesOfMaximum } from './maximum.ts';
import { feedsOf, type Node, nodeOf, type Program } from './program.ts';
import { extend } from './rewrite.ts';
import type { Value, Writer } from './writer.ts';

/** What `forward` differentiates along: which inputs and parameters move, and whose tangents are wanted. */
export interface ForwardOptions {
  /** Inputs that move; default none. */
  readonly inputs?: readonly string[];
  /** Parameters that move; default all. */
  readonly parameters?: (name: string) => boolean;
  /** Data outputs whose tangents are wanted; default all. */
  readonly outputs?: readonly string[];
  /**
   * The law of the tangent of what moves, where it is not given but drawn. Drawn independently by the law of the value
   * itself, it keeps a program of NE⊗OR⊤ in it.
   */
  readonly law?: (name: string) => Law | undefined;
  /** What tangents are called, where `t.<name>` is taken, as in a program differentiated already. */
  readonly named?: (name: string) => string;
}

/** The name under which a tangent enters and leaves. */
export const tangentName = (name: string): string => `t.${name}`;

/**
 * The program with tangents: inputs `t.<name>` of what moves, and outputs `t.<output>` of what depends on it.
 *
 * States that move because of others start with tangents of 0, and come as `t.<state>`, states as well. Throws
 * {@link UserError} `program.unknown-value`, `program.duplicate-name`; {@link UnsupportedError}
 * `program.not-differentiable` for an index.
 */
export function forward(original: Program, options: ForwardOptions = {}): Program {
  const program = expand(original, (call) => namedFunctions[call.name].tangent === undefined);
  return extend(program, (writer) => new Forward(program, writer, options).run(), `${program.name}, along a direction`);
}

type TangentRule<K extends Op> = (instruction: InstructionOf<K>, node: Node) => Value | undefined;

class Forward {
  readonly #program: Program;
  readonly #writer: Writer;
  readonly #options: ForwardOptions;
  readonly #named: (name: string) => string;
  /** Inputs and parameters that move, and the states that move because of them. */
  readonly #moving: ReadonlySet<string>;
  readonly #tangents = new Map<Ref, Value>();

  constructor(program: Program, writer: Writer, options: ForwardOptions) {
    this.#program = program;
    this.#writer = writer;
    this.#options = options;
    this.#named = options.named ?? tangentName;
    this.#moving = withStates(program, asked(program, options));
  }

  run(): void {
    for (const node of this.#program.nodes) {
      const rule = this.#rules[node.instruction.op] as TangentRule<Op>; // total map
      const tangent = rule(node.instruction, node);
      // Tangents have all axes of their values, so that every rule finds what it works along.
      if (tangent !== undefined) this.#tangents.set(node.name, this.#along(tangent, node));
    }
    const { outputs } = this.#options;
    for (const name of outputs ?? []) {
      const known = this.#program.outputs.map((output) => output.name);
      if (!known.includes(name)) throw unknownValue(this.#program.name, name, known);
    }
    for (const { name, value, role } of this.#program.outputs) {
      if (role === 'state' ? !this.#moving.has(name) : outputs?.includes(name) === false) continue;
      const tangent = this.#tangents.get(value) ?? (role === 'state' ? this.#zeros(value) : undefined);
      if (tangent !== undefined) this.#writer.output(this.#named(name), tangent, role);
    }
  }

  readonly #rules: { readonly [K in Op]: TangentRule<K> } = {
    input: ({ role, type }, { name }) => {
      if (!this.#moving.has(name)) return undefined;
      const isAsked = this.#options.inputs?.includes(name) === true;
      return this.#given(name, role, type, isAsked ? this.#options.law?.(name) : STILL);
    },

    parameter: ({ axes }, { name }) => {
      if (!this.#moving.has(name)) return undefined;
      return this.#given(name, 'data', { kind: 'real', axes }, this.#options.law?.(name));
    },

    constant: () => undefined,

    /** ty = Σ ∂expr/∂xᵢ txᵢ. */
    map: ({ expr, args }) => {
      const moved: Value[] = [];
      let total: Expr | undefined;
      args.forEach((ref, k) => {
        const tangent = this.#tangents.get(ref);
        if (tangent === undefined) return;
        const term = mul(differentiate(expr, k), argument(args.length + moved.length));
        if (term.op === 'constant') return;
        moved.push(tangent);
        total = total === undefined ? term : add(total, term);
      });
      if (total === undefined) return undefined;
      const used = [...argumentsOf(total)];
      const values = [...args.map((ref) => this.#writer.value(ref)), ...moved];
      return this.#writer.map(
        renumber(total, used),
        used.map((index) => values[index]),
      );
    },

    /** tz = Σ tx·y + Σ x·ty. */
    contract: ({ args: [left, right], over }) => {
      const [x, y] = [this.#writer.value(left), this.#writer.value(right)];
      const [tx, ty] = [this.#tangents.get(left), this.#tangents.get(right)];
      return this.#writer.sum([
        ...(tx === undefined ? [] : [this.#writer.contract(tx, y, over)]),
        ...(ty === undefined ? [] : [this.#writer.contract(x, ty, over)]),
      ]);
    },

    /** Sums and means of tangents; of a maximum, that of where it is attained, shared equally. */
    reduce: ({ by, arg, over }, node) => {
      const tangent = this.#tangents.get(arg);
      if (tangent === undefined) return undefined;
      if (by !== 'max') return this.#writer.reduce(by, tangent, over);
      const shares = sharesOfMaximum(this.#writer, this.#writer.value(arg), this.#writer.value(node.name), over);
      return this.#writer.contract(shares, tangent, over);
    },

    broadcast: ({ arg, along }) => this.#linear(arg, (tangent) => this.#writer.broadcast(tangent, along)),

    gather: (gather) => this.#linear(gather.table, (tangent) => this.#writer.write({ ...gather, table: tangent.name })),

    scatter: (scatter) =>
      this.#linear(scatter.values, (tangent) => this.#writer.write({ ...scatter, values: tangent.name })),

    rename: ({ arg, axes }) => this.#linear(arg, (tangent) => this.#writer.rename(tangent, axes)),

    window: (window) => this.#linear(window.arg, (tangent) => this.#writer.write({ ...window, arg: tangent.name })),

    overlap: (window) => this.#linear(window.arg, (tangent) => this.#writer.write({ ...window, arg: tangent.name })),

    split: ({ arg, axis, into }) => this.#linear(arg, (tangent) => this.#writer.split(tangent, axis, into)),

    merge: ({ arg, axes, into }) => this.#linear(arg, (tangent) => this.#writer.merge(tangent, axes, into)),

    select: ({ arg, axis, into, after }) =>
      this.#linear(arg, (tangent) => this.#writer.select(tangent, axis, into, after)),

    pad: ({ arg, axis, into, after }) => this.#linear(arg, (tangent) => this.#writer.pad(tangent, axis, into, after)),

    /** Tangents one after the other, with zeros for what does not move. */
    concat: ({ args, axes, into }) => {
      const tangents = args.map((ref) => this.#tangents.get(ref));
      if (tangents.every((tangent) => tangent === undefined)) return undefined;
      return this.#writer.concat(
        args.map((ref, k) => tangents[k] ?? this.#zeros(ref)),
        axes,
        into,
      );
    },

    call: (call, node) => {
      const tangents = call.args.map((ref) => this.#tangents.get(ref));
      if (tangents.every((tangent) => tangent === undefined)) return undefined;
      const { tangent } = namedFunctions[call.name];
      if (tangent === undefined) throw notDifferentiable(node.name, `${call.name} has no tangent rule`);
      const args = call.args.map((ref) => this.#writer.value(ref));
      const given = call.args.map((ref, k) => tangents[k] ?? this.#zeros(ref));
      return tangent(this.#writer, args, call, this.#writer.value(node.name), given);
    },
  };

  #given(name: string, role: Role, type: ValueType, law: Law | undefined): Value {
    return this.#writer.write({ op: 'input', role, type, ...(law === undefined ? {} : { law }) }, this.#named(name));
  }

  /** What is linear in one operand does to its tangent what it does to it. */
  #linear(ref: Ref, apply: (tangent: Value) => Value): Value | undefined {
    const tangent = this.#tangents.get(ref);
    return tangent === undefined ? undefined : apply(tangent);
  }

  #along(tangent: Value, { type }: Node): Value {
    return this.#writer.broadcast(tangent, without(type.axes, tangent.type.axes));
  }

  #zeros(ref: Ref): Value {
    const zero = this.#writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [0] });
    return this.#along(zero, nodeOf(this.#program, ref));
  }
}

/** How tangents of states that move because of others start. */
const STILL: Law = { kind: 'constant', value: 0 };

/** What is to move by itself. */
function asked(program: Program, { inputs = [], parameters = () => true }: ForwardOptions): Set<string> {
  const feeds = feedsOf(program);
  const known = new Set(feeds.filter(({ instruction }) => instruction.op === 'input').map(({ name }) => name));
  for (const name of inputs) {
    if (!known.has(name)) throw unknownValue(program.name, name, [...known]);
    if (nodeOf(program, name).type.kind === 'index') throw notDifferentiable(name, 'an index does not move');
  }
  return new Set([
    ...inputs,
    ...feeds
      .filter(({ name, instruction }) => instruction.op === 'parameter' && parameters(name))
      .map(({ name }) => name),
  ]);
}

/** With the states whose next values depend on what moves, step after step. */
function withStates(program: Program, moving: ReadonlySet<string>): ReadonlySet<string> {
  const active = new Set(moving);
  for (const { name, instruction } of program.nodes)
    if (operands(instruction).some((ref) => active.has(ref))) active.add(name);
  const states = program.outputs.filter(({ role, value }) => role === 'state' && active.has(value));
  const all = new Set([...moving, ...states.map(({ name }) => name)]);
  return all.size === moving.size ? moving : withStates(program, all);
}
