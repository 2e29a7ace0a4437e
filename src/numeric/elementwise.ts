/**
 * Scalar expressions over long arrays, block by block: each node of the tree is one tight loop over a thousand entries
 * that stay in cache, so that the cost of walking the tree is spread over them. Nothing is generated at run time, which
 * browsers may forbid.
 */

import { required } from '../errors/index.ts';
import { type BinaryName, binaryValue, type Expr, raised, type UnaryName, unaryFunctions } from '../program/index.ts';
import { at } from './arrays.ts';

/** An array [entries] that is read along, or one number for all entries. */
export type Operand = Float64Array | number;

/**
 * Writes expr(operands) for the entries `start` … `end` − 1 of the operands [entries] to `out` [entries] from `offset`
 * on.
 */
export type Elementwise = (
  operands: readonly Operand[],
  out: Float64Array,
  start: number,
  end: number,
  offset?: number,
) => void;

const BLOCK = 1024;

/** Entries from `offset` on. */
interface Span {
  data: Float64Array;
  offset: number;
}

/**
 * The values of a subtree for `count` entries from `start` on: a number where all are the same. What is computed goes
 * to `into`, or to a block of the node's own.
 */
type Step = (operands: readonly Operand[], start: number, count: number, into?: Span) => Span | number;

/** Prepares an expression; `size` gives the sizes of spaces (Infinity lets negative powers vanish). */
export function elementwise(expr: Expr, size: (space: string) => number): Elementwise {
  const step = prepare(expr, size);
  return (operands, out, start, end, offset = start) => {
    const target: Span = { data: out, offset };
    for (let from = start; from < end; from += BLOCK) {
      const count = Math.min(BLOCK, end - from);
      target.offset = offset + from - start;
      const result = step(operands, from, count, target);
      if (typeof result === 'number') out.fill(result, target.offset, target.offset + count);
      else if (result !== target) out.set(result.data.subarray(result.offset, result.offset + count), target.offset);
    }
  };
}

function prepare(expr: Expr, size: (space: string) => number): Step {
  switch (expr.op) {
    case 'constant':
      return () => expr.value;
    case 'size': {
      const value = raised(size(expr.space), expr.exponent);
      return () => value;
    }
    case 'argument': {
      const span: Span = { data: EMPTY, offset: 0 };
      return (operands, start) => {
        const operand = required(operands[expr.index], 'operand of an expression');
        if (typeof operand === 'number') return operand;
        span.data = operand;
        span.offset = start;
        return span;
      };
    }
    case 'unary':
      return prepareUnary(expr.arg, size, unaryFunctions[expr.name].value, unaryLoops[expr.name]);
    case 'binary': {
      if (expr.name === 'pow' && expr.right.op === 'constant' && expr.right.value === 2) {
        return prepareUnary(expr.left, size, (x) => x ** 2, square);
      }
      const [left, right] = [prepare(expr.left, size), prepare(expr.right, size)];
      const own = ownBlock();
      const [spreadLeft, spreadRight] = [spreader(), spreader()];
      const loop = binaryLoops[expr.name];
      return (operands, start, count, into) => {
        const a = left(operands, start, count);
        const b = right(operands, start, count);
        if (typeof a === 'number' && typeof b === 'number') return binaryValue(expr.name, a, b);
        const x = spreadLeft(a);
        const y = spreadRight(b);
        const result = into ?? own();
        loop(x.data, x.offset, y.data, y.offset, result.data, result.offset, count);
        return result;
      };
    }
  }
}

const EMPTY = new Float64Array();

/** A function of one subtree, by its own loop where it has one. */
function prepareUnary(
  expr: Expr,
  size: (space: string) => number,
  scalar: (x: number) => number,
  loop: UnaryLoop | undefined,
): Step {
  const arg = prepare(expr, size);
  const own = ownBlock();
  return (operands, start, count, into) => {
    const inner = arg(operands, start, count);
    if (typeof inner === 'number') return scalar(inner);
    const result = into ?? own();
    if (loop === undefined) mapEntries(scalar, inner, result, count);
    else loop(inner.data, inner.offset, result.data, result.offset, count);
    return result;
  };
}

/** A block that is made when it is first asked for. */
function ownBlock(): () => Span {
  let span: Span | undefined;
  return () => {
    span ??= { data: new Float64Array(BLOCK), offset: 0 };
    return span;
  };
}

/** Turns a number into a block of it, written only when it changes. */
function spreader(): (value: Span | number) => Span {
  let held: number | undefined;
  let span: Span | undefined;
  return (value) => {
    if (typeof value !== 'number') return value;
    span ??= { data: new Float64Array(BLOCK), offset: 0 };
    if (!Object.is(held, value)) span.data.fill(value);
    held = value;
    return span;
  };
}

function mapEntries(f: (x: number) => number, x: Span, out: Span, count: number): void {
  for (let i = 0; i < count; i++) out.data[out.offset + i] = f(at(x.data, x.offset + i));
}

type UnaryLoop = (x: Float64Array, from: number, out: Float64Array, to: number, count: number) => void;
type BinaryLoop = (
  x: Float64Array,
  xFrom: number,
  y: Float64Array,
  yFrom: number,
  out: Float64Array,
  to: number,
  count: number,
) => void;

// Each loop is its own function, so that an engine specializes it; reads are within the operands' lengths.
const unaryLoops: Readonly<Partial<Record<UnaryName, UnaryLoop>>> = {
  neg: (x, from, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = -(x[from + i] as number);
  },
  tanh: (x, from, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.tanh(x[from + i] as number);
  },
  exp: (x, from, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.exp(x[from + i] as number);
  },
  sqrt: (x, from, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.sqrt(x[from + i] as number);
  },
  abs: (x, from, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.abs(x[from + i] as number);
  },
};

const square: UnaryLoop = (x, from, out, to, count) => {
  for (let i = 0; i < count; i++) out[to + i] = (x[from + i] as number) * (x[from + i] as number);
};

const binaryLoops: Readonly<Record<BinaryName, BinaryLoop>> = {
  add: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = (x[xFrom + i] as number) + (y[yFrom + i] as number);
  },
  sub: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = (x[xFrom + i] as number) - (y[yFrom + i] as number);
  },
  mul: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = (x[xFrom + i] as number) * (y[yFrom + i] as number);
  },
  div: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = (x[xFrom + i] as number) / (y[yFrom + i] as number);
  },
  max: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.max(x[xFrom + i] as number, y[yFrom + i] as number);
  },
  min: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = Math.min(x[xFrom + i] as number, y[yFrom + i] as number);
  },
  pow: (x, xFrom, y, yFrom, out, to, count) => {
    for (let i = 0; i < count; i++) out[to + i] = (x[xFrom + i] as number) ** (y[yFrom + i] as number);
  },
};
