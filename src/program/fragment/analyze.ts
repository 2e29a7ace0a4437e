/**
 * The abstract reading of a program: which power of n each value carries, what is an initial matrix, and which
 * instruction leaves the language NE⊗OR⊤ (IVb 2.6.1 with named axes).
 *
 * A width axis may be touched in three ways: by entrywise maps, by the product of an initial matrix with a vector, and
 * by the mean; a sum is n times a mean, and whether its n cancels is known only where the value is used. So powers are
 * carried along (forms.ts) and what grows is refused where it meets a function or an output that cannot take it.
 */

import { required } from '../../errors/index.ts';
import { type Axis, intersection, spaceOf } from '../axes.ts';
import {
  type Exponent,
  equal,
  HALF,
  isZeroPower,
  most,
  ONE,
  plus,
  printDecimal,
  signOf,
  ZERO,
  ZERO_POWER,
} from '../exponent.ts';
import { argumentsOf, constant, type Expr, sizesOf, substitute } from '../expressions.ts';
import { hasDefinition } from '../functions/eigenbasis.ts';
import { type InstructionOf, type Law, type Op, operands, type Ref } from '../instructions.ts';
import type { Node, Program } from '../program.ts';
import { type Form, type MatrixTerm, merged, type Note, type Rule, type ScaledMap, type Violation } from './forms.ts';
import { linearParts } from './linear.ts';
import { matrixExponent } from './matrixFunctions.ts';
import { type Scaled, scaleExpr } from './scaleExpr.ts';
import { type OneWidth, oneWidth } from './widths.ts';

/** What is known of a program at one step. */
export interface Analysis {
  /** The program read: named functions written out, and concatenations, whose operands may have powers of their own. */
  readonly program: Program;
  readonly widths: OneWidth;
  readonly forms: ReadonlyMap<Ref, Form>;
  readonly maps: ReadonlyMap<Ref, ScaledMap>;
  readonly violations: readonly Violation[];
  readonly notes: readonly Note[];
  /** Forms of the next state by name. */
  readonly state: ReadonlyMap<string, Form>;
}

const whole = (value: number): Exponent => ({ numerator: value, denominator: 1 });
const plain = (exponent: Exponent): Form => ({ kind: 'plain', exponent });

/** One reading of a program in primitives and without concatenations, from given forms of its state. */
export class Analyzer {
  readonly #program: Program;
  readonly #state: ReadonlyMap<string, Form>;
  readonly #widths: OneWidth;
  readonly #forms = new Map<Ref, Form>();
  readonly #maps = new Map<Ref, ScaledMap>();
  readonly #violations: Violation[];
  readonly #notes: Note[] = [];
  readonly #nodes: ReadonlyMap<Ref, Node>;

  constructor(program: Program, state: ReadonlyMap<string, Form>) {
    this.#program = program;
    this.#state = state;
    this.#widths = oneWidth(program);
    this.#violations = [...this.#widths.violations];
    this.#nodes = new Map(program.nodes.map((node) => [node.name, node]));
  }

  run(): Analysis {
    for (const node of this.#program.nodes) {
      const rule = this.#rules[node.instruction.op] as (instruction: Node['instruction'], node: Node) => Form; // total map
      this.#forms.set(node.name, rule(node.instruction, node));
    }
    const state = new Map<string, Form>();
    for (const { name, value, role } of this.#program.outputs) {
      const form = this.#form(value);
      if (role === 'state') state.set(name, form);
      else this.#checkOutput(name, value, form);
    }
    return {
      program: this.#program,
      widths: this.#widths,
      forms: this.#forms,
      maps: this.#maps,
      violations: this.#violations,
      notes: this.#notes,
      state,
    };
  }

  #form(ref: Ref): Form {
    return required(this.#forms.get(ref), `form of "${ref}"`);
  }

  #axes(ref: Ref): readonly Axis[] {
    return required(this.#nodes.get(ref), `value "${ref}"`).type.axes;
  }

  #widthAxes(axes: readonly Axis[]): Axis[] {
    return axes.filter((axis) => this.#widths.isWidth(axis));
  }

  #violate(node: Node, rule: Rule, text: string): void {
    this.#violations.push({ node: node.name, rule, text });
  }

  readonly #rules: { readonly [K in Op]: (instruction: InstructionOf<K>, node: Node) => Form } = {
    input: ({ law, role, type }, node) => {
      const carried = role === 'state' ? this.#state.get(node.name) : undefined;
      if (carried !== undefined) return carried;
      if (law !== undefined) return this.#initial(law, node);
      if (type.kind === 'index') return plain(ZERO);
      if (this.#widthAxes(type.axes).length > 0) {
        const text = `"${node.name}" is given on a width axis; initial data of the language is drawn: give it a law, as in "~ normal(1)"`;
        this.#violate(node, 'initial-data', text);
      }
      return plain(ZERO);
    },

    parameter: ({ law }, node) => this.#state.get(node.name) ?? this.#initial(law, node),

    constant: ({ values }) => plain(values.every((value) => value === 0) ? ZERO_POWER : ZERO),

    map: (map, node) => this.#map(map, node),

    contract: ({ args: [left, right], over }, node) => {
      const [a, b] = [this.#form(left), this.#form(right)];
      const summed = this.#widthAxes(over);
      if (hasMatrix(a) && hasMatrix(b))
        return this.#matrixMisused(node, 'multiplies two matrices; apply them to a vector one after the other');
      if (hasMatrix(a)) return this.#apply(a, b, left, right, summed, node);
      if (hasMatrix(b)) return this.#apply(b, a, right, left, summed, node);
      const exponent = plus(entryExponent(a), entryExponent(b), whole(summed.length));
      return this.#ofEntries(exponent, node);
    },

    reduce: ({ by, arg, over }, node) => {
      const form = this.#form(arg);
      const widths = this.#widthAxes(over);
      if (by === 'max' && widths.length > 0) {
        const text = `takes the maximum over width axis ${widths.join(', ')}; over a width only the mean has a limit`;
        this.#violate(node, 'mean-only', text);
      }
      if (hasMatrix(form)) {
        if (by === 'max') return this.#matrixMisused(node, 'takes a maximum over an initial matrix');
        if (widths.length > 0)
          return this.#matrixMisused(node, `takes the ${by} of an initial matrix; contract it with a vector instead`);
        return form;
      }
      return this.#ofEntries(plus(entryExponent(form), whole(by === 'sum' ? widths.length : 0)), node);
    },

    broadcast: ({ arg, along }, node) => {
      const form = this.#form(arg);
      if (!hasMatrix(form)) return this.#ofEntries(entryExponent(form), node);
      if (this.#widthAxes(along).length > 0)
        return this.#matrixMisused(node, 'repeats an initial matrix along a width axis');
      return form;
    },

    gather: ({ table, axis }, node) => {
      if (this.#widths.isWidth(axis))
        this.#violate(node, 'width-index', `picks coordinates of width axis ${axis}; ${NO_INDEX}`);
      return this.#form(table);
    },

    scatter: ({ values, into, over }, node) => {
      const touched = this.#widthAxes([into, ...over]);
      if (touched.length > 0)
        this.#violate(node, 'width-index', `scatters along width axis ${touched.join(', ')}; ${NO_INDEX}`);
      return this.#form(values);
    },

    rename: ({ arg, axes }, node) => {
      const form = this.#form(arg);
      for (const [from, to] of axes) {
        if (this.#widths.isWidth(from) && spaceOf(from) !== spaceOf(to)) {
          const text = `moves coordinates of width ${spaceOf(from)} to ${spaceOf(to)}; coordinates of different widths have nothing in common`;
          this.#violate(node, 'width-index', text);
        }
      }
      if (form.kind === 'plain') return form;
      const to = new Map(axes);
      const at = (axis: Axis): Axis => to.get(axis) ?? axis;
      return {
        ...form,
        matrices: form.matrices.map((term) => ({ ...term, rows: at(term.rows), columns: at(term.columns) })),
      };
    },

    // Fixed axes alone are touched; entries are moved, left out, or added up.
    window: ({ arg }) => this.#form(arg),
    overlap: ({ arg }) => this.#form(arg),
    split: ({ arg }) => this.#form(arg),
    merge: ({ arg }) => this.#form(arg),
    select: ({ arg }) => this.#form(arg),
    pad: ({ arg }) => this.#form(arg),

    concat: (_, node) => this.#matrixMisused(node, 'is a concatenation that was not written out'),

    call: (call, node) => this.#matrixFunction(call, node),
  };

  /** Functions of wide matrices alone are not written out. */
  #matrixFunction(call: InstructionOf<'call'>, node: Node): Form {
    const forms = call.args.map((ref) => this.#form(ref));
    if (!hasDefinition(call)) {
      this.#violate(node, 'width-index', `takes an eigenbasis of width axis ${call.over.join(', ')}; ${NO_BASIS}`);
      return this.#ofEntries(ZERO, node);
    }
    if (forms.some(hasMatrix)) return this.#matrixMisused(node, `takes ${call.name} of an initial matrix`);
    const problems: string[] = [];
    const exponent = matrixExponent(call, forms.map(entryExponent), problems);
    for (const problem of problems) this.#violate(node, 'growth', problem);
    return this.#ofEntries(exponent, node);
  }

  /** The form of drawn data: the powers of its law, an initial matrix being n^(-1/2) times order 1. */
  #initial(law: Law, node: Node): Form {
    const widths = this.#widthAxes(node.type.axes);
    if (law.kind === 'constant') return this.#ofEntries(law.value === 0 ? ZERO_POWER : ZERO, node);
    const ofWidths = law.powers.filter(({ space }) => this.#widths.isWidth(space));
    const exponent = plus(...ofWidths.map((power) => power.exponent));
    const [rows, columns] = widths;
    if (law.scale === 0) return this.#ofEntries(ZERO_POWER, node);
    if (rows !== undefined && columns !== undefined) {
      if (widths.length > 2)
        this.#violate(
          node,
          'initial-data',
          `draws entries over ${widths.length} width axes; initial data are matrices, vectors and scalars`,
        );
      return {
        kind: 'operator',
        matrices: [{ symbol: node.name, rows, columns, exponent: plus(exponent, HALF) }],
        pointwise: ZERO_POWER,
      };
    }
    if (widths.length === 0) {
      const text = `draws a scalar that does not vanish with n; initial scalars tend to 0 (a power of n in the law), other numbers are constants`;
      if (signOf(exponent) >= 0) this.#violate(node, 'initial-data', text);
      // Its rate is not its own to give away: multiplied by what grows, it need not vanish any more.
      return plain(ZERO);
    }
    return plain(exponent);
  }

  #map({ expr, args }: InstructionOf<'map'>, node: Node): Form {
    const forms = args.map((ref) => this.#form(ref));
    const matrixArgs = new Set(forms.flatMap((form, k) => (hasMatrix(form) ? [k] : [])));
    const parts = linearParts(expr, matrixArgs);
    const problems: string[] = [];
    const exponents = forms.map(entryExponent);
    const coefficients = new Map<number, Scaled>();
    const matrices: MatrixTerm[] = [];
    if (matrixArgs.size > 0) {
      const tied = parts === undefined || [...parts.coefficients.values()].some((part) => this.#readsWidth(part, args));
      if (parts === undefined || tied)
        return this.#matrixMisused(node, 'is an entrywise function of an initial matrix', 'matrix-entrywise');
      for (const [index, part] of parts.coefficients) {
        const scaled = scaleExpr(part, exponents, this.#widths, problems);
        const form = forms[index];
        if (isZeroPower(scaled.exponent) || form?.kind !== 'operator') continue;
        coefficients.set(index, scaled);
        for (const term of form.matrices) matrices.push({ ...term, exponent: plus(term.exponent, scaled.exponent) });
      }
    }
    // Where the expression is linear in operands with matrices, their pointwise parts go through it as they are.
    const scaled = scaleExpr(withoutZeros(expr, exponents), exponents, this.#widths, problems);
    for (const problem of problems) this.#violate(node, 'growth', problem);
    this.#maps.set(node.name, { expr: scaled.expr, coefficients });
    const form = this.#ofEntries(scaled.exponent, node);
    return matrices.length === 0 || form.kind === 'plain' ? form : { ...form, matrices: merged(matrices) };
  }

  #readsWidth(expr: Expr, args: readonly Ref[]): boolean {
    return [...argumentsOf(expr)].some(
      (index) => this.#widthAxes(this.#axes(required(args[index], 'operand of a map'))).length > 0,
    );
  }

  /** A contraction of an operator that holds initial matrices with a vector or scalar. */
  #apply(
    operator: Form & { kind: 'operator' },
    other: Form,
    ref: Ref,
    otherRef: Ref,
    summed: readonly Axis[],
    node: Node,
  ): Form {
    const vector = this.#widthAxes(this.#axes(otherRef));
    if (other.kind === 'operator')
      return this.#matrixMisused(
        node,
        'multiplies a matrix with a value on two width axes; apply both to a vector one after the other',
      );
    if (vector.length === 0) {
      return {
        kind: 'operator',
        matrices: isZeroPower(other.exponent)
          ? []
          : operator.matrices.map((term) => ({ ...term, exponent: plus(term.exponent, other.exponent) })),
        pointwise: plus(operator.pointwise, other.exponent),
      };
    }
    if (summed.length !== 1 || intersection(vector, this.#axes(ref)).some((axis) => !summed.includes(axis))) {
      return this.#matrixMisused(node, `multiplies "${ref}" and "${otherRef}" without summing their shared width axis`);
    }
    const products = operator.matrices.map((term) => plus(term.exponent, other.exponent));
    return plain(most(...products, plus(operator.pointwise, other.exponent, ONE)));
  }

  /** The form of a value without initial matrices. */
  #ofEntries(exponent: Exponent, node: Node): Form {
    const widths = this.#widthAxes(node.type.axes).length;
    return widths < 2 ? plain(exponent) : { kind: 'operator', matrices: [], pointwise: exponent };
  }

  #matrixMisused(node: Node, text: string, rule: Rule = 'matrix-product'): Form {
    this.#violate(node, rule, `${text}; ${MATRIX_RULE}`);
    return this.#ofEntries(ZERO, node);
  }

  #checkOutput(name: string, ref: Ref, form: Form): void {
    if (form.kind === 'operator' || signOf(form.exponent) <= 0) return;
    const sums = this.#sumsBehind(ref);
    const node = this.#nodes.get(sums[0] ?? ref) ?? this.#nodes.get(ref);
    if (node === undefined) return;
    const how = sums.length === 0 ? '' : `: "${sums[0]}" sums over a width axis, and no power of n makes it a mean`;
    const clt = equal(form.exponent, HALF) ? ' (n^(-1/2) times a sum is a central limit, not a mean)' : '';
    this.#violate(
      node,
      sums.length === 0 ? 'growth' : 'mean-only',
      `output "${name}" grows like n^${printDecimal(form.exponent)}${how}${clt}${this.#vanishesInside(ref) ? TAYLOR : ''}`,
    );
  }

  /** Whether a function behind a value takes what holds a part that vanishes with n, as in φ(x + n^(-1/2) y). */
  #vanishesInside(ref: Ref): boolean {
    const seen = new Set<Ref>();
    const queue = [ref];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const node = this.#nodes.get(next);
      if (node === undefined || seen.has(next)) continue;
      seen.add(next);
      const scaled = node.instruction.op === 'map' ? this.#maps.get(next)?.expr : undefined;
      if (scaled !== undefined && sizesOf(scaled).size > 0) return true;
      queue.push(...operands(node.instruction));
    }
    return false;
  }

  /** The instructions behind a value that sum over a width axis without an initial matrix, nearest first. */
  #sumsBehind(ref: Ref): Ref[] {
    const found: Ref[] = [];
    const seen = new Set<Ref>();
    const queue = [ref];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const node = this.#nodes.get(next);
      if (node === undefined || seen.has(next)) continue;
      seen.add(next);
      const { instruction } = node;
      const sums = instruction.op === 'reduce' && instruction.by === 'sum';
      const free = instruction.op === 'contract' && !instruction.args.some((arg) => hasMatrix(this.#form(arg)));
      if ((sums || free) && this.#widthAxes((instruction as InstructionOf<'reduce' | 'contract'>).over).length > 0)
        found.push(next);
      queue.push(...operands(instruction));
    }
    return found;
  }
}

const TAYLOR =
  '; powers of n that cancel in a difference, φ(x + θ δ) − φ(x), are not seen: carry δ itself and write the derivative, φ′(x) δ (forward makes it)';
const NO_INDEX = 'coordinates of a width are exchangeable, and none can be singled out';
const NO_BASIS =
  'eigenvectors are numbered, so that what is computed in their basis, entry by entry, singles out coordinates of a width';
const MATRIX_RULE = 'an initial matrix may only be combined linearly with fixed coefficients and multiply vectors';

/** Whether a value holds initial matrices. */
export function hasMatrix(form: Form): form is Form & { kind: 'operator' } {
  return form.kind === 'operator' && form.matrices.length > 0;
}

/** A value's entries are of order n^exponent, initial matrices aside. */
export function entryExponent(form: Form): Exponent {
  return form.kind === 'plain' ? form.exponent : form.pointwise;
}

/** The same expression where operands that are identically zero read 0. */
function withoutZeros(expr: Expr, exponents: readonly Exponent[]): Expr {
  const isZero = (index: number): boolean => isZeroPower(required(exponents[index], 'exponent of an operand'));
  return substitute(expr, (leaf) => (leaf.op === 'argument' && isZero(leaf.index) ? constant(0) : leaf));
}
