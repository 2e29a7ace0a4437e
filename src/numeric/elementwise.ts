/**
 * Scalar expressions over long arrays, block by block: each node of the tree is one tight loop over a thousand entries
 * that stay in cache, so that the cost of walking the tree is spread over them. Nothing is generated at run time, which
 * browsers may forbid.
 */

import { type BinaryName, binaryValue, type Expr, type UnaryName, unaryFunctions } from '../program/index.ts';
import { at } from './arrays.ts';

/** An array that is read along, or one number for all entries. */
export type Operand = Float64Array | number;

/** Writes expr(operands) for the entries `start` … `end` − 1 of the operands to `out` from `offset` on. */
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

/** The values of a subtree for `count` entries from `start` on: a number where all are the same. */
type Step = (operands: readonly Operand[], start: number, count: number) => Span | number;

/** Prepares an expression; `size` gives the sizes of spaces (Infinity lets negative powers vanish). */
export function elementwise(expr: Expr, size: (space: string) => number): Elementwise {
  const step = prepare(expr, size);
  return (operands, out, start, end, offset = start) => {
    for (let from = start; from < end; from += BLOCK) {
      const count = Math.min(BLOCK, end - from);
      const target = offset + from - start;
      const result = step(operands, from, count);
      if (typeof result === 'number') out.fill(result, target, target + count);
      else {
        const { data, offset: source } = result;
        for (let i = 0; i < count; i++) out[target + i] = data[source + i] as number; // within both
      }
    }
  };
}

function prepare(expr: Expr, size: (space: string) => number): Step {
  switch (expr.op) {
    case 'constant':
      return () => expr.value;
    case 'size': {
      const value = size(expr.space) ** expr.exponent;
      return () => value;
    }
    case 'argument': {
      const span: Span = { data: EMPTY, offset: 0 };
      return (operands, start) => {
        const operand = operands[expr.index] ?? Number.NaN;
        if (typeof operand === 'number') return operand;
        span.data = operand;
        span.offset = start;
        return span;
      };
    }
    case 'unary': {
      const arg = prepare(expr.arg, size);
      const span: Span = { data: new Float64Array(BLOCK), offset: 0 };
      const scalar = unaryFunctions[expr.name].value;
      const loop = unaryLoops[expr.name];
      return (operands, start, count) => {
        const inner = arg(operands, start, count);
        if (typeof inner === 'number') return scalar(inner);
        if (loop === undefined) mapEntries(scalar, inner, span.data, count);
        else loop(inner.data, inner.offset, span.data, count);
        return span;
      };
    }
    case 'binary': {
      const [left, right] = [prepare(expr.left, size), prepare(expr.right, size)];
      const span: Span = { data: new Float64Array(BLOCK), offset: 0 };
      const [spreadLeft, spreadRight] = [spreader(), spreader()];
      const loop = binaryLoops[expr.name];
      return (operands, start, count) => {
        const [a, b] = [left(operands, start, count), right(operands, start, count)];
        if (typeof a === 'number' && typeof b === 'number') return binaryValue(expr.name, a, b);
        const [x, y] = [spreadLeft(a), spreadRight(b)];
        loop(x.data, x.offset, y.data, y.offset, span.data, count);
        return span;
      };
    }
  }
}

const EMPTY = new Float64Array();

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

function mapEntries(f: (x: number) => number, { data, offset }: Span, out: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = f(at(data, offset + i));
}

type UnaryLoop = (x: Float64Array, from: number, out: Float64Array, count: number) => void;
type BinaryLoop = (
  x: Float64Array,
  xFrom: number,
  y: Float64Array,
  yFrom: number,
  out: Float64Array,
  count: number,
) => void;

// Each loop is its own function, so that an engine specializes it; reads are within the operands' lengths.
const unaryLoops: Readonly<Partial<Record<UnaryName, UnaryLoop>>> = {
  neg: (x, from, out, count) => {
    for (let i = 0; i < count; i++) out[i] = -(x[from + i] as number);
  },
  tanh: (x, from, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.tanh(x[from + i] as number);
  },
  exp: (x, from, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.exp(x[from + i] as number);
  },
  sqrt: (x, from, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.sqrt(x[from + i] as number);
  },
  abs: (x, from, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.abs(x[from + i] as number);
  },
};

const binaryLoops: Readonly<Record<BinaryName, BinaryLoop>> = {
  add: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = (x[xFrom + i] as number) + (y[yFrom + i] as number);
  },
  sub: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = (x[xFrom + i] as number) - (y[yFrom + i] as number);
  },
  mul: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = (x[xFrom + i] as number) * (y[yFrom + i] as number);
  },
  div: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = (x[xFrom + i] as number) / (y[yFrom + i] as number);
  },
  max: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.max(x[xFrom + i] as number, y[yFrom + i] as number);
  },
  min: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.min(x[xFrom + i] as number, y[yFrom + i] as number);
  },
  pow: (x, xFrom, y, yFrom, out, count) => {
    for (let i = 0; i < count; i++) out[i] = (x[xFrom + i] as number) ** (y[yFrom + i] as number);
  },
};
