/**
 * The numbers that a program holds in memory when it is at its fullest, counted from its instructions.
 *
 * Values are counted as the engine stores them. They are made in the program's order, and each lives from its making to
 * its last reader, an output to the end. What is given (inputs, parameters, constants) belongs to the caller. Renamings,
 * repetitions and axes split or merged where they lie are not stored, and neither is what a map or nest of windows takes
 * over. A value in another order than the one it is read in is copied. An entrywise map writes over an operand that
 * nobody reads any more, as the runtime does. The runtime may run independent instructions in another order and then hold more: a third more was measured
 * on the backward passes of encoders, with the results that it copies out.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  bind,
  type Expr,
  entries,
  type Node,
  nodeOf,
  operands,
  type Program,
  type Ref,
  type Sizes,
  shapeOf,
} from '../program/index.ts';
import { asLowered } from './cost.ts';
import { type Fusions, fuse } from './fuse.ts';
import { type Layout, type Layouts, layOut, merged } from './layout.ts';
import type { Orders } from './orders.ts';
import { windowNests } from './windows.ts';

/**
 * Numbers in memory at the fullest moment. Sizes are given by symbols and `orders` are those of outputs, as to the
 * engine's `compile`. Throws {@link UserError} `program.mismatch` for sizes that are missing.
 */
export function peakNumbers(program: Program, given: Sizes, orders: Orders = {}): number {
  const lowered = asLowered(program);
  return new Liveness(lowered, bind(lowered, given), orders).peak();
}

/** What is stored when, by the engine's own layouts and fusions. */
class Liveness {
  readonly #program: Program;
  readonly #sizes: Sizes;
  readonly #orders: Orders;
  readonly #layouts: Layouts;
  readonly #fusions: Fusions;
  /** Values that are no arrays of their own: their readers read what they are made of. */
  readonly #passing: ReadonlySet<Ref>;

  constructor(program: Program, sizes: Sizes, orders: Orders) {
    const nests = windowNests(program);
    this.#program = program;
    this.#sizes = sizes;
    this.#orders = orders;
    this.#layouts = layOut(program, sizes, nests);
    this.#fusions = fuse(program, this.#layouts, sizes);
    const passing = program.nodes.filter((node) => this.#isView(node));
    this.#passing = new Set([...passing.map(({ name }) => name), ...this.#fusions.absorbed, ...nests.inner]);
  }

  peak(): number {
    const ends = this.#ends();
    const dying = new Map<number, Ref[]>();
    for (const [ref, end] of ends) dying.set(end, [...(dying.get(end) ?? []), ref]);
    let [live, peak] = [0, 0];
    this.#program.nodes.forEach((node, k) => {
      const { name } = node;
      if (!this.#isMade(node)) return;
      const over = (dying.get(k) ?? []).filter((ref) => ref !== name);
      const inPlace = node.instruction.op === 'map' && over.some((ref) => this.#size(ref) === this.#size(name));
      const making = this.#made(node) - (inPlace ? this.#size(name) : 0);
      peak = Math.max(peak, live + this.#copies(node) + making);
      live += this.#size(name) + this.#handed(name) - over.reduce((sum, ref) => sum + this.#size(ref), 0);
      peak = Math.max(peak, live);
      if (ends.get(name) === k) live -= this.#size(name);
    });
    return peak;
  }

  /** The position of each array's last reader; what nobody reads ends where it is made, an output never. */
  #ends(): Map<Ref, number> {
    const ends = new Map<Ref, number>();
    const outputs = new Set(this.#program.outputs.map(({ value }) => value));
    [...this.#program.nodes].reverse().forEach((node, back) => {
      const { name, instruction } = node;
      const place = this.#program.nodes.length - 1 - back;
      const end = outputs.has(name) ? Number.POSITIVE_INFINITY : (ends.get(name) ?? place);
      ends.set(name, end);
      const until = this.#passing.has(name) ? end : place;
      for (const ref of operands(instruction)) ends.set(ref, Math.max(ends.get(ref) ?? until, until));
    });
    return new Map([...ends].filter(([ref]) => this.#isMade(nodeOf(this.#program, ref))));
  }

  #isMade({ name, instruction: { op } }: Node): boolean {
    return op !== 'input' && op !== 'parameter' && op !== 'constant' && !this.#passing.has(name);
  }

  /** Whether a value is its operand's array, read otherwise: split and merged axes that lie together as they are stored. */
  #isView({ name, instruction }: Node): boolean {
    switch (instruction.op) {
      case 'rename':
      case 'broadcast':
        return true;
      case 'split':
      case 'merge': {
        const [order] = this.#layout(name).operands;
        return this.#copy(instruction.arg, required(order, `order of "${instruction.arg}"`)) === 0;
      }
      default:
        return false;
    }
  }

  #layout(ref: Ref): Layout {
    return required(this.#layouts.get(ref), `layout of "${ref}"`);
  }

  #entries(axes: readonly Axis[]): number {
    return entries(shapeOf(axes, this.#sizes));
  }

  /** Numbers that are stored of a value: not those that repeat others. */
  #size(ref: Ref): number {
    return this.#entries(this.#layout(ref).order);
  }

  /** Numbers of a value's own making: itself, and what its formula holds on the way. */
  #made({ name, instruction }: Node): number {
    const size = this.#size(name);
    const fused = this.#fusions.maps.get(name);
    if (fused !== undefined) {
      const products = [...fused.products.keys()].map((ref) => this.#size(ref));
      const formula = size * held(fused.expr);
      return Math.max(size, products.reduce((sum, one) => sum + one, 0) + formula);
    }
    // Products of operands of the same axes are made in full, and then summed.
    if (instruction.op === 'contract' && this.#layout(name).matrix === undefined) {
      return size + (instruction.over.length === 0 ? 0 : this.#entries(merged(this.#layout(name).operands)));
    }
    return size;
  }

  /** Operands in other orders than they are stored in, while they are read. */
  #copies({ instruction, name }: Node): number {
    const args = operands(instruction);
    const { operands: orders, swapped = false } = this.#layout(name);
    return args.reduce((sum, ref, k) => {
      const order = orders[swapped ? args.length - 1 - k : k];
      return order === undefined ? sum : sum + this.#copy(ref, order);
    }, 0);
  }

  /** Copies of a value that leaves in other orders. */
  #handed(value: Ref): number {
    const leaving = this.#program.outputs.filter((output) => output.value === value);
    const orders = leaving.map(({ name }) => this.#orders[name] ?? nodeOf(this.#program, value).type.axes);
    return orders.reduce((sum, order) => sum + this.#copy(value, order), 0);
  }

  /** What reading a value in an order adds to it. */
  #copy(ref: Ref, order: readonly Axis[]): number {
    const stored = this.#layout(ref).order;
    return order.length === stored.length && order.every((axis, k) => axis === stored[k]) ? 0 : this.#entries(order);
  }
}

/** Numbers of the result's size that an expression holds at its fullest, operands left aside. */
function held(expr: Expr): number {
  switch (expr.op) {
    case 'constant':
    case 'argument':
    case 'size':
      return 0;
    case 'unary':
      return Math.max(1, held(expr.arg));
    case 'binary': {
      const [left, right] = [held(expr.left), held(expr.right)];
      return Math.max(1, left === right && left > 0 ? left + 1 : Math.max(left, right));
    }
  }
}
