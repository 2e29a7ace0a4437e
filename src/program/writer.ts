/**
 * The writer appends instructions to a growing program: the one way that builders, named functions and rewrites make
 * nodes. It infers and checks each type at once, broadcasts the widest operand of a map where a cotangent lacks an axis,
 * and reuses a node when the same instruction is written again.
 */

import { type Axis, contains, freshCopy, type Space, sameAxes, spaceOf, union, without } from './axes.ts';
import { broken, duplicateName, mismatches, unknownValue } from './errors.ts';
import { argument, type Expr, sizeProduct } from './expressions.ts';
import type { Call, FunctionName } from './functions/signatures.ts';
import { infer } from './infer.ts';
import { type Instruction, type Ref, type Role, textKey, type ValueType } from './instructions.ts';
import type { Node, Output, Program } from './program.ts';
import { AT_ONCE, type StartLike, startOf } from './rearranging.ts';
import { isReserved, reservedName } from './reservedNames.ts';
import { filled, type WindowingLike } from './windowing.ts';

/** A handle on a node of the program being written. */
export interface Value {
  readonly name: Ref;
  readonly type: ValueType;
}

/** A program under construction. */
export class Writer {
  readonly name: string;
  readonly #spaces = new Map<string, Space>();
  readonly #nodes = new Map<Ref, Node>();
  readonly #written = new Map<string, Node>();
  readonly #reserved = new Set<Ref>();
  readonly #outputs: Output[] = [];
  #count = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** A writer that already holds the spaces and nodes of a program (not its outputs). */
  static from(program: Program, name: string = program.name): Writer {
    const writer = new Writer(name);
    for (const space of program.spaces) writer.space(space);
    for (const node of program.nodes) writer.#keep(node);
    return writer;
  }

  /** Declares a space; declaring it again with other properties is an error. */
  space(space: Space): void {
    if (isReserved(space.name)) throw reservedName(this.name, space.name);
    const known = this.#spaces.get(space.name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(space)) {
      throw mismatches(`program "${this.name}"`, [
        {
          where: `space ${space.name}`,
          problem: `declared as ${JSON.stringify(known)} and as ${JSON.stringify(space)}`,
        },
      ]);
    }
    this.#spaces.set(space.name, space);
  }

  spaceNamed(name: string): Space | undefined {
    return this.#spaces.get(name);
  }

  has(name: Ref): boolean {
    return this.#nodes.has(name);
  }

  /** The value of a name. Throws {@link UserError} `program.unknown-value`. */
  value(name: Ref): Value {
    const node = this.#nodes.get(name);
    if (node === undefined) throw unknownValue(this.name, name, [...this.#nodes.keys()]);
    return node;
  }

  /** The instruction behind a value. */
  instruction(value: Value): Instruction {
    const node = this.#nodes.get(value.name);
    if (node === undefined) throw unknownValue(this.name, value.name, [...this.#nodes.keys()]);
    return node.instruction;
  }

  /**
   * Appends an instruction, or returns the node that already computes it when no name is asked for. Axes of the result
   * in another order than the inferred one may be recorded.
   * Throws {@link UserError} `program.mismatch` with everything wrong with it, `program.duplicate-name`,
   * `program.reserved-name`.
   */
  write(instruction: Instruction, name?: string, axes?: readonly Axis[]): Value {
    const key = textKey(instruction);
    const same = this.#written.get(key);
    if (same !== undefined && name === undefined) return same;
    const label = name ?? this.#fresh();
    if (isReserved(label)) throw reservedName(this.name, label);
    if (this.#nodes.has(label)) throw duplicateName(this.name, label);
    const { type, problems } = this.infer(instruction);
    if (axes !== undefined && problems.length === 0 && !sameAxes(axes, type.axes)) {
      problems.push(`has axes [${type.axes.join(', ')}], recorded as [${axes.join(', ')}]`);
    }
    if (problems.length > 0) {
      const where = `${instruction.op} "${label}"`;
      throw mismatches(
        `program "${this.name}"`,
        problems.map((problem) => ({ where, problem })),
      );
    }
    const node: Node = { name: label, instruction, type: axes === undefined ? type : { ...type, axes } };
    this.#keep(node, key);
    return node;
  }

  /** The type that an instruction would have here, and everything wrong with it. */
  infer(instruction: Instruction): { readonly type: ValueType; readonly problems: string[] } {
    const problems: string[] = [];
    const type = infer(
      instruction,
      {
        space: (space) => this.#spaces.get(space),
        type: (ref) => this.value(ref).type,
        isParameter: (ref) => this.#nodes.get(ref)?.instruction.op === 'parameter',
      },
      problems,
    );
    return { type, problems };
  }

  #keep(node: Node, key: string = textKey(node.instruction)): void {
    this.#nodes.set(node.name, node);
    // Inputs and parameters are told apart by their names alone.
    const shareable = node.instruction.op !== 'input' && node.instruction.op !== 'parameter';
    if (shareable && !this.#written.has(key)) this.#written.set(key, node);
  }

  /** Names that automatic naming leaves free for values still to come. */
  reserve(names: readonly Ref[]): void {
    for (const name of names) this.#reserved.add(name);
  }

  #fresh(): string {
    do this.#count++;
    while (this.#nodes.has(`v${this.#count}`) || this.#reserved.has(`v${this.#count}`));
    return `v${this.#count}`;
  }

  /** A name not taken yet: the wish itself, or the wish with a number. */
  free(wish: string): string {
    let name = wish;
    for (let k = 2; this.#nodes.has(name); k++) name = `${wish}.${k}`;
    return name;
  }

  /**
   * An entrywise map. Where no operand has all axes, the widest is broadcast to them; `undefined` operands (missing
   * arguments of a malformed call) are refused.
   */
  map(expr: Expr, args: readonly (Value | undefined)[], name?: string): Value {
    const values = this.align(args.map((value) => value ?? this.#missing()));
    const only = values[0];
    if (expr.op === 'argument' && values.length === 1 && only !== undefined && name === undefined) return only;
    return this.write({ op: 'map', expr, args: values.map((value) => value.name) }, name);
  }

  /** The operands of a map, the widest of them broadcast where none has all axes. */
  align(values: readonly Value[]): readonly Value[] {
    const all = union(...values.map((value) => value.type.axes));
    if (values.some((value) => contains(value.type.axes, all))) return values;
    const widest = values.reduce((best, value) => (value.type.axes.length > best.type.axes.length ? value : best));
    const wide = this.broadcast(widest, without(all, widest.type.axes));
    return values.map((value) => (value === widest ? wide : value));
  }

  #missing(): never {
    throw broken(`program "${this.name}"`, 'a rule read an operand that its call does not have');
  }

  contract(left: Value, right: Value, over: readonly Axis[], name?: string): Value {
    return this.write({ op: 'contract', args: [left.name, right.name], over }, name);
  }

  reduce(by: 'sum' | 'mean' | 'max', arg: Value | undefined, over: readonly Axis[], name?: string): Value {
    const value = arg ?? this.#missing();
    if (over.length === 0 && name === undefined) return value;
    return this.write({ op: 'reduce', by, arg: value.name, over }, name);
  }

  broadcast(arg: Value, along: readonly Axis[], name?: string): Value {
    if (along.length === 0 && name === undefined) return arg;
    return this.write({ op: 'broadcast', arg: arg.name, along }, name);
  }

  rename(arg: Value, axes: readonly (readonly [Axis, Axis])[], name?: string): Value {
    if (axes.length === 0 && name === undefined) return arg;
    return this.write({ op: 'rename', arg: arg.name, axes }, name);
  }

  /** Windows along a fixed axis: `axis` becomes the axes `position` and `offset`. */
  window(arg: Value, windowing: WindowingLike, name?: string): Value {
    return this.write({ op: 'window', arg: arg.name, ...filled(windowing) }, name);
  }

  /** The adjoint of {@link window}: entries of `position` and `offset` added up on `axis`. */
  overlap(arg: Value, windowing: WindowingLike, name?: string): Value {
    return this.write({ op: 'overlap', arg: arg.name, ...filled(windowing) }, name);
  }

  /** One fixed axis as several whose sizes multiply to its size, the first the slowest. */
  split(arg: Value, axis: Axis, into: readonly Axis[], name?: string): Value {
    return this.write({ op: 'split', arg: arg.name, axis, into }, name);
  }

  /** Several fixed axes as one, the first the slowest. */
  merge(arg: Value, axes: readonly Axis[], into: Axis, name?: string): Value {
    return this.write({ op: 'merge', arg: arg.name, axes, into }, name);
  }

  /** Values one after the other, each along an axis of its own; they are repeated along other axes that they lack. */
  concat(values: readonly Value[], axes: readonly Axis[], into: Axis, name?: string): Value {
    const args = this.alignConcat(values, axes).map((value) => value.name);
    return this.write({ op: 'concat', args, axes, into }, name);
  }

  /** The operands of a concatenation, broadcast along the axes that only others have beside their own. */
  alignConcat(values: readonly Value[], axes: readonly Axis[]): readonly Value[] {
    const rests = values.map((value, k) => without(value.type.axes, axes.slice(k, k + 1)));
    const all = union(...rests);
    return values.map((value) => this.broadcast(value, without(all, value.type.axes)));
  }

  /** As many entries of an axis as `into` has, behind a start. */
  select(arg: Value, axis: Axis, into: Axis, after: StartLike = AT_ONCE, name?: string): Value {
    return this.write({ op: 'select', arg: arg.name, axis, into, after: startOf(after) }, name);
  }

  /** The adjoint of {@link select}: entries behind a start, and zeros elsewhere. */
  pad(arg: Value, axis: Axis, into: Axis, after: StartLike = AT_ONCE, name?: string): Value {
    return this.write({ op: 'pad', arg: arg.name, axis, into, after: startOf(after) }, name);
  }

  call(
    name: FunctionName,
    args: readonly (Value | undefined)[],
    over: readonly Axis[],
    attributes: Call['attributes'] = {},
    label?: string,
  ): Value {
    const refs = args.map((value) => (value ?? this.#missing()).name);
    return this.write({ op: 'call', name, args: refs, over, attributes }, label);
  }

  /** x + y on the union of their axes. */
  sum(values: readonly Value[]): Value | undefined {
    const [first, ...rest] = values;
    if (first === undefined) return undefined;
    const total = rest.reduce<Expr>(
      (expr, _, k) => ({ op: 'binary', name: 'add', left: expr, right: argument(k + 1) }),
      argument(0),
    );
    return this.map(total, values);
  }

  /** The product of the sizes of those axes that are widths: the ratio of a sum to the inner product's mean. */
  widthFactor(axes: readonly Axis[], exponent = 1): Expr {
    return sizeProduct(this.widthAxes(axes).map((axis) => ({ space: spaceOf(axis), exponent })));
  }

  widthAxes(axes: readonly Axis[]): Axis[] {
    return axes.filter((axis) => this.#spaces.get(spaceOf(axis))?.kind === 'width');
  }

  /** A copy of an axis that none of the values uses. */
  freshAxis(axis: Axis, values: readonly Value[]): Axis {
    return freshCopy(axis, union(...values.map((value) => value.type.axes)));
  }

  /** Hands a value out under a name. */
  output(name: string, value: Value, role: Role = 'data'): void {
    if (isReserved(name)) throw reservedName(this.name, name);
    this.#outputs.push({ name, value: value.name, role });
  }

  /** The program written so far. */
  finish(): Program {
    return {
      name: this.name,
      spaces: [...this.#spaces.values()],
      nodes: [...this.#nodes.values()],
      outputs: [...this.#outputs],
    };
  }
}
