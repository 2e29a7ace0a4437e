/**
 * The fusion pass: maps take over what the product before them can do on the way, since the runtime fuses no chains of
 * entrywise operators itself. A constant factor of a matrix product becomes its alpha, a bias its third operand; an
 * entrywise product becomes part of the formula, and x + x·g is computed as x·(1 + g).
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  add,
  argument,
  constant,
  type Expr,
  type InstructionOf,
  mul,
  nodeOf,
  type Program,
  type Ref,
  raised,
  readings,
  readsOf,
  type Sizes,
  sameAxes,
  sub,
  substitute,
} from '../program/index.ts';
import type { Layouts } from './layout.ts';

/** A matrix product that the map after it writes. */
export interface ProductPart {
  /** Its factor. */
  readonly alpha: number;
  readonly bias?: Bias;
}

/** Added to every row of a product, a value stored as its columns are, or to every column, stored as its rows are. */
export interface Bias {
  readonly ref: Ref;
  readonly along: 'columns' | 'rows';
}

/** A map with what it took over. */
export interface FusedMap {
  /** Over `args`, sizes filled in. */
  readonly expr: Expr;
  readonly args: readonly Ref[];
  /** Products among the arguments. */
  readonly products: ReadonlyMap<Ref, ProductPart>;
}

export interface Fusions {
  readonly maps: ReadonlyMap<string, FusedMap>;
  /** Contractions that are no nodes of their own any more. */
  readonly absorbed: ReadonlySet<string>;
}

/** Finds what maps take over. */
export function fuse(program: Program, layouts: Layouts, sizes: Sizes): Fusions {
  const reads = readsOf(program);
  const maps = new Map<string, FusedMap>();
  const absorbed = new Set<string>();
  for (const { name, instruction } of program.nodes) {
    if (instruction.op !== 'map') continue;
    const fusing = new FusingMap(instruction, { program, layouts, sizes, alone: (ref) => reads.get(ref) === 1 });
    const fused = fusing.run();
    maps.set(name, fused);
    for (const ref of fusing.absorbed) absorbed.add(ref);
  }
  return { maps, absorbed };
}

interface Surroundings {
  readonly program: Program;
  readonly layouts: Layouts;
  readonly sizes: Sizes;
  /** Whether a value is read once in all. */
  readonly alone: (ref: Ref) => boolean;
}

class FusingMap {
  readonly absorbed: Ref[] = [];
  readonly #map: InstructionOf<'map'>;
  readonly #around: Surroundings;
  readonly #args: Ref[];
  readonly #products = new Map<Ref, { alpha: number; bias?: Bias }>();

  constructor(map: InstructionOf<'map'>, around: Surroundings) {
    this.#map = map;
    this.#around = around;
    this.#args = [...map.args];
  }

  run(): FusedMap {
    const { sizes } = this.#around;
    const counts = this.#map.args.map((_, k) => readings(this.#map.expr, k));
    const open = substitute(this.#map.expr, (leaf) => {
      if (leaf.op === 'size')
        return constant(raised(required(sizes[leaf.space], `size of space "${leaf.space}"`), leaf.exponent));
      const ref = this.#arg(leaf.index);
      return counts[leaf.index] === 1 && this.#around.alone(ref) ? this.#opened(ref, leaf.index) : leaf;
    });
    const expr = this.#biased(this.#scaled(gathered(open)));
    this.absorbed.push(...this.#products.keys());
    return { expr, args: this.#args, products: this.#products };
  }

  #arg(index: number): Ref {
    return required(this.#args[index], `argument ${index} of a map`);
  }

  /** An argument that may be taken over: an entrywise product as such, a matrix product as a part of its own. */
  #opened(ref: Ref, index: number): Expr {
    const { program, layouts } = this.#around;
    const { instruction } = nodeOf(program, ref);
    if (instruction.op !== 'contract') return argument(index);
    if (layouts.get(ref)?.matrix !== undefined) {
      this.#products.set(ref, { alpha: 1 });
      return argument(index);
    }
    if (instruction.over.length > 0) return argument(index);
    this.absorbed.push(ref);
    const [left, right] = instruction.args;
    return mul(this.#factor(left), this.#factor(right));
  }

  /** A number of the program as such, or an argument. */
  #factor(ref: Ref): Expr {
    const { instruction, type } = nodeOf(this.#around.program, ref);
    if (instruction.op === 'constant' && type.axes.length === 0) {
      return constant(required(instruction.values[0], `value of constant "${ref}"`));
    }
    const known = this.#args.indexOf(ref);
    return argument(known < 0 ? this.#args.push(ref) - 1 : known);
  }

  /** Constant factors go to a product among the factors that they multiply. */
  #scaled(expr: Expr): Expr {
    if (expr.op !== 'binary') return expr;
    const { name, left, right } = expr;
    if (name === 'add') return add(this.#scaled(left), this.#scaled(right));
    if (name === 'sub') return sub(this.#scaled(left), this.#scaled(right));
    if (name !== 'mul' || left.op !== 'constant') return expr;
    const product = factors(right).flatMap((factor) =>
      factor.op === 'argument' ? (this.#products.get(this.#arg(factor.index)) ?? []) : [],
    )[0];
    if (product === undefined) return expr;
    product.alpha *= left.value;
    return right;
  }

  /** A term of a sum that lies along the columns or rows of a product among the terms goes to the product. */
  #biased(expr: Expr): Expr {
    const all = terms(expr);
    for (const term of all) {
      const product = term.op === 'argument' ? this.#products.get(this.#arg(term.index)) : undefined;
      if (term.op !== 'argument' || product === undefined) continue;
      for (const along of ['columns', 'rows'] as const) {
        const axes = this.#axesAlong(this.#arg(term.index), along);
        const at = all.findIndex((other) => other.op === 'argument' && this.#liesAlong(other.index, axes));
        const bias = all[at];
        if (bias?.op !== 'argument') continue;
        product.bias = { ref: this.#arg(bias.index), along };
        return all.toSpliced(at, 1).reduce((total, other) => add(total, other));
      }
    }
    return expr;
  }

  /** The axes that become columns or rows of a product without batch axes, or none. */
  #axesAlong(ref: Ref, along: Bias['along']): readonly Axis[] {
    const { matrix } = required(this.#around.layouts.get(ref), `layout of "${ref}"`);
    if (matrix === undefined || matrix.batch.length > 0) return [];
    return along === 'columns' ? matrix.right.own : matrix.left.own;
  }

  #liesAlong(index: number, axes: readonly Axis[]): boolean {
    const { program, layouts } = this.#around;
    const ref = this.#arg(index);
    if (axes.length === 0 || this.#products.has(ref)) return false;
    const { order } = required(layouts.get(ref), `layout of "${ref}"`);
    return sameAxes(nodeOf(program, ref).type.axes, axes) && order.join() === axes.join();
  }
}

/** x + x·g as x·(1 + g), among the terms of a sum. */
function gathered(expr: Expr): Expr {
  const all = terms(expr);
  if (all.length < 2) return expr;
  // By place, for equal terms may be one object.
  const left: (Expr | undefined)[] = [...all];
  all.forEach((term, at) => {
    if (term.op !== 'argument' || left[at] === undefined) return;
    const place = left.findIndex(
      (other) => other?.op === 'binary' && other.name === 'mul' && isArgument(other.left, term.index),
    );
    const scaled = left[place];
    if (scaled?.op !== 'binary') return;
    left[at] = undefined;
    left[place] = mul(term, add(1, scaled.right));
  });
  const kept = left.filter((term) => term !== undefined);
  return kept.length === all.length ? expr : kept.reduce((total, term) => add(total, term));
}

const isArgument = (expr: Expr, index: number): boolean => expr.op === 'argument' && expr.index === index;

function terms(expr: Expr): Expr[] {
  return expr.op === 'binary' && expr.name === 'add' ? [...terms(expr.left), ...terms(expr.right)] : [expr];
}

function factors(expr: Expr): Expr[] {
  return expr.op === 'binary' && expr.name === 'mul' ? [...factors(expr.left), ...factors(expr.right)] : [expr];
}
