/** Entrywise maps in compiled SIMD loops, block by block, for the functions that these have; others go node by node. */

import { required } from '../errors/index.ts';
import { type Elementwise, elementwise } from '../numeric/index.ts';
import {
  exponential,
  type Formula,
  formula,
  formulaLoop,
  hyperbolicTangent,
  LOOP_BYTES,
  one,
  operand,
  productOf,
  recordBytes,
  root,
  textOf,
  two,
} from '../numeric/wasm/formulas/index.ts';
import { compile, instantiate, PAGE_BYTES } from '../numeric/wasm/index.ts';
import { argumentsOf, type Expr, raised } from '../program/index.ts';

/** Columns shorter than this are done before a loop for them is compiled. */
const WORTH_COMPILING = 256;
/** Entries of a block. */
const BLOCK = 2048;
/** Loops that are kept for the next map of the same form. */
const MOST_LOOPS = 64;
const BYTES = 8;

/** An expression over columns of so many entries; `size` as in {@link elementwise}. */
export function columnwise(expr: Expr, size: (space: string) => number, length: number): Elementwise {
  const compiled = length < WORTH_COMPILING ? undefined : formulaOf(expr, size);
  // What reads no column is a number.
  if (compiled === undefined || argumentsOf(expr).size === 0) return elementwise(expr, size);
  return loopOf(compiled, Math.max(...argumentsOf(expr)) + 1);
}

/** The expression in the operations that loops have; undefined where they lack one. */
function formulaOf(expr: Expr, size: (space: string) => number): Formula | undefined {
  switch (expr.op) {
    case 'constant':
      return formula(expr.value);
    case 'size':
      return formula(raised(size(expr.space), expr.exponent));
    case 'argument':
      return operand(expr.index);
    case 'unary': {
      const of = formulaOf(expr.arg, size);
      if (of === undefined) return undefined;
      switch (expr.name) {
        case 'neg':
        case 'abs':
          return one(expr.name, of);
        case 'sqrt':
          return root(of);
        case 'exp':
          return exponential(of);
        case 'tanh':
          return hyperbolicTangent(of);
        case 'relu':
          return two('max', of, 0);
        default:
          return undefined;
      }
    }
    case 'binary': {
      const left = formulaOf(expr.left, size);
      if (left === undefined) return undefined;
      const { name, right } = expr;
      if (name === 'pow') return right.op === 'constant' && right.value === 2 ? productOf(left, left) : undefined;
      const other = formulaOf(right, size);
      return other === undefined ? undefined : two(name, left, other);
    }
  }
}

const loops = new Map<string, Elementwise>();

/** Compiled once for formulas of the same form. */
function loopOf(of: Formula, args: number): Elementwise {
  const key = `${args} ${textOf(of)}`;
  const known = loops.get(key);
  if (known !== undefined) return known;
  const made = loop(of, args);
  loops.set(key, made);
  if (loops.size > MOST_LOOPS) loops.delete(required(loops.keys().next().value, 'loop'));
  return made;
}

function loop(of: Formula, args: number): Elementwise {
  const formulas = { args, results: [of] };
  const arrays = (args + 1) * BLOCK * BYTES;
  const pages = Math.ceil((arrays + recordBytes(formulas)) / PAGE_BYTES);
  const { memory, kernel } = instantiate(compile({ pages, functions: [formulaLoop('map', formulas)] }));
  const run = kernel('map');
  const places = Array.from({ length: args + 1 }, (_, k) => k * BLOCK * BYTES);
  new Int32Array(memory.buffer, arrays, places.length).set(places);
  const views = places.map((place) => new Float64Array(memory.buffer, place, BLOCK));
  const result = required(views[args], 'result of a map');
  return (operands, out, start, end, offset = start) => {
    for (let from = start; from < end; from += BLOCK) {
      const count = Math.min(BLOCK, end - from);
      for (let k = 0; k < args; k++) {
        const [view, value] = [required(views[k], 'operand of a map'), operands[k]];
        if (typeof value === 'number') view.fill(value, 0, count);
        else if (value !== undefined) view.set(value.subarray(from, from + count));
      }
      run(arrays, arrays + recordBytes(formulas), 0, Math.ceil((count * BYTES) / LOOP_BYTES) * LOOP_BYTES);
      out.set(count === BLOCK ? result : result.subarray(0, count), offset + from - start);
    }
  };
}
