/**
 * Formulas in the operations that SIMD has: what is compiled to a loop over long arrays of f64.
 *
 * A formula is a graph: parts that are used several times are one object, or are found to be equal when it is compiled.
 * Functions that SIMD lacks are formulas themselves ({@link ./functions.ts}), so that plain JavaScript that follows a
 * formula operation by operation gives the same bits as the compiled loop ({@link valueAt}).
 */

import { required } from '../../../errors/index.ts';

const ONE = ['neg', 'abs', 'sqrt', 'nearest', 'powerOfTwo'] as const;
const TWO = ['add', 'sub', 'mul', 'div', 'min', 'max', 'less', 'atMost'] as const;

export type OneName = (typeof ONE)[number];
/** `less` and `atMost` are tests, which only {@link where} reads. */
export type TwoName = (typeof TWO)[number];

export type Formula =
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'argument'; readonly index: number }
  | { readonly op: 'one'; readonly name: OneName; readonly of: Formula }
  | { readonly op: 'two'; readonly name: TwoName; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'where'; readonly test: Formula; readonly yes: Formula; readonly no: Formula };

/** A formula, or a number. */
export type FormulaLike = Formula | number;

export function formula(given: FormulaLike): Formula {
  return typeof given === 'number' ? { op: 'constant', value: given } : given;
}

/** The array with this number. */
export function operand(index: number): Formula {
  return { op: 'argument', index };
}

export function one(name: OneName, given: FormulaLike): Formula {
  const of = formula(given);
  return of.op === 'constant' ? formula(oneValues[name](of.value)) : { op: 'one', name, of };
}

/** Of two numbers the result is one; additions of 0 and multiplications by 1 are left out. */
export function two(name: TwoName, a: FormulaLike, b: FormulaLike): Formula {
  const [left, right] = [formula(a), formula(b)];
  const [x, y] = [constantOf(left), constantOf(right)];
  if (x !== undefined && y !== undefined && name !== 'less' && name !== 'atMost') return formula(twoValues[name](x, y));
  if (name === 'add' && x === 0) return right;
  if ((name === 'add' || name === 'sub') && y === 0) return left;
  if (name === 'mul' && x === 1) return right;
  if ((name === 'mul' || name === 'div') && y === 1) return left;
  return { op: 'two', name, left, right };
}

/** `yes` where a test holds, else `no`; both are computed. */
export function where(test: Formula, yes: FormulaLike, no: FormulaLike): Formula {
  return { op: 'where', test, yes: formula(yes), no: formula(no) };
}

export const plus = (a: FormulaLike, b: FormulaLike): Formula => two('add', a, b);
export const minus = (a: FormulaLike, b: FormulaLike): Formula => two('sub', a, b);
export const productOf = (a: FormulaLike, b: FormulaLike): Formula => two('mul', a, b);
export const quotientOf = (a: FormulaLike, b: FormulaLike): Formula => two('div', a, b);
export const less = (a: FormulaLike, b: FormulaLike): Formula => two('less', a, b);
export const root = (a: FormulaLike): Formula => one('sqrt', a);

/** Σ coefficients[k] x^k by Horner's rule. */
export function polynomialOf(x: Formula, coefficients: readonly number[]): Formula {
  const highest = formula(required(coefficients.at(-1), 'a coefficient'));
  return coefficients.slice(0, -1).reduceRight<Formula>((sum, own) => plus(productOf(sum, x), own), highest);
}

function constantOf(of: Formula): number | undefined {
  return of.op === 'constant' ? of.value : undefined;
}

/** Whole numbers that are halfway go to the even one, as `nearest` of WebAssembly does. */
function nearest(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const oneValues: Readonly<Record<OneName, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  nearest,
  powerOfTwo: (x) => 2 ** x,
};

/** Tests are 1 or 0. */
const twoValues: Readonly<Record<TwoName, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  less: (x, y) => (x < y ? 1 : 0),
  atMost: (x, y) => (x <= y ? 1 : 0),
};

/** The value of a formula at one place, operation by operation as the compiled loop computes it. */
export function valueAt(of: Formula, args: ArrayLike<number>): number {
  const known = new Map<Formula, number>();
  const value = (part: Formula): number => {
    let own = known.get(part);
    if (own === undefined) {
      own = compute(part);
      known.set(part, own);
    }
    return own;
  };
  const compute = (part: Formula): number => {
    switch (part.op) {
      case 'constant':
        return part.value;
      case 'argument':
        return Number(args[part.index]);
      case 'one':
        return oneValues[part.name](value(part.of));
      case 'two':
        return twoValues[part.name](value(part.left), value(part.right));
      case 'where':
        return value(part.test) === 1 ? value(part.yes) : value(part.no);
    }
  };
  return value(of);
}

/** The formula with others for its arguments. */
export function withArguments(of: Formula, args: readonly Formula[]): Formula {
  const known = new Map<Formula, Formula>();
  const moved = (part: Formula): Formula => {
    let own = known.get(part);
    if (own === undefined) {
      own = move(part);
      known.set(part, own);
    }
    return own;
  };
  const move = (part: Formula): Formula => {
    switch (part.op) {
      case 'constant':
        return part;
      case 'argument':
        return args[part.index] ?? part;
      case 'one':
        return one(part.name, moved(part.of));
      case 'two':
        return two(part.name, moved(part.left), moved(part.right));
      case 'where':
        return where(moved(part.test), moved(part.yes), moved(part.no));
    }
  };
  return moved(of);
}

/** The same text for formulas of the same parts, as long as the parts are many. */
export function textOf(of: Formula): string {
  const names = new Map<Formula, number>();
  const lines: string[] = [];
  const name = (part: Formula): number => names.get(part) ?? add(part);
  const add = (part: Formula): number => {
    const line = lineOf(part);
    const own = names.size;
    names.set(part, own);
    lines.push(line);
    return own;
  };
  const lineOf = (part: Formula): string => {
    switch (part.op) {
      case 'constant':
        return Object.is(part.value, -0) ? '-0' : String(part.value);
      case 'argument':
        return `#${part.index}`;
      case 'one':
        return `${part.name} ${name(part.of)}`;
      case 'two':
        return `${part.name} ${name(part.left)} ${name(part.right)}`;
      case 'where':
        return `where ${name(part.test)} ${name(part.yes)} ${name(part.no)}`;
    }
  };
  name(of);
  return lines.join(';');
}
