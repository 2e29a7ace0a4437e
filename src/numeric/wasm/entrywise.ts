/**
 * Formulas compiled to a SIMD loop: what an optimizer does to each entry of a parameter, in one pass over memory.
 *
 * Streams are read and written sixteen bytes at a time; the numbers of a formula are the same for all entries. All
 * results of an entry are computed before any is stored, so a result may replace a stream. Parts of formulas that read
 * no stream are computed once in f64, and a division by such a part is a multiplication by its reciprocal: results
 * differ from those of entry-by-entry f64 by rounding alone, where numbers and their reciprocals are normal in the lanes.
 */

import { required } from '../../errors/index.ts';
import {
  argument,
  argumentsOf,
  type BinaryName,
  binaryValue,
  div,
  type Expr,
  evaluate,
  mul,
  substitute,
  textKey,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../program/index.ts';
import {
  advance,
  type Code,
  constantVector,
  eachLane,
  get,
  type ImportedFunction,
  type Lanes,
  laneCount,
  load,
  repeatWhileBelow,
  set,
  store,
  type VectorOperation,
  vector,
} from './assembler.ts';
import { compile, instantiate, type Memory, type Module } from './machine.ts';

/** Formulas over streams and numbers. */
export interface EntrywiseFormulas {
  /** Arguments 0 … streams − 1 are read entry by entry. */
  readonly streams: number;
  /** The arguments that follow are numbers; those after them are the values of the lines. */
  readonly numbers: number;
  /** Formulas in order; a line may read those before it. Sizes are filled in. */
  readonly lines: readonly Expr[];
  /** The lines that are results, one for each output. */
  readonly results: readonly number[];
}

/** Where a kernel works: byte addresses, multiples of sixteen. */
export interface EntrywisePlace {
  readonly streams: readonly number[];
  readonly results: readonly number[];
  /** Streams are filled up to whole vectors ({@link paddedBytes}); what lies there is computed with, and never read. */
  readonly entries: number;
}

const VECTOR_BYTES = 16;

/** The bytes that so many entries take in memory, filled up to whole vectors. */
export function paddedBytes(entries: number, lanes: Lanes): number {
  return Math.ceil(entries / laneCount(lanes)) * VECTOR_BYTES;
}

/** Formulas compiled once, for any memory. */
export class EntrywiseKernel {
  readonly #module: Module;
  readonly #functions: Record<string, (...numbers: number[]) => number> = {};
  readonly #numbers: readonly ((numbers: ArrayLike<number>) => number)[];
  readonly #lanes: Lanes;
  readonly #runs = new WeakMap<Memory, (...numbers: number[]) => void>();

  constructor(formulas: EntrywiseFormulas, lanes: Lanes) {
    const writer = new LoopWriter(formulas, lanes);
    const body = writer.write();
    this.#lanes = lanes;
    this.#numbers = writer.numbers.map((expr) => evaluate(expr, {}));
    const imports = writer.imports.map(({ name, arguments: count, value }): ImportedFunction => {
      this.#functions[name] = value;
      return { name, arguments: count };
    });
    const parameters = [
      ...new Array<'i32'>(formulas.streams + formulas.results.length + 1).fill('i32'),
      ...this.#numbers.map(() => lanes),
    ];
    this.#module = compile({ imports, functions: [{ name: 'run', parameters, vectors: writer.vectors, body }] });
  }

  /** The kernel at a place of a memory: a function of its numbers. */
  over(memory: Memory, { streams, results, entries }: EntrywisePlace): (numbers: ArrayLike<number>) => void {
    // The first of all addresses is the one that the loop compares with the end.
    if (entries === 0) return () => {};
    const run = this.#within(memory);
    const first = required([...streams, ...results][0], 'address of a kernel');
    const places = [...streams, ...results, first + paddedBytes(entries, this.#lanes)];
    // One list for all calls: a kernel may be called for every row of a matrix.
    const passed = [...places, ...this.#numbers.map(() => 0)];
    return (numbers) => {
      let place = places.length;
      for (const value of this.#numbers) passed[place++] = value(numbers);
      run.apply(undefined, passed);
    };
  }

  #within(memory: Memory): (...numbers: number[]) => void {
    const run = this.#runs.get(memory) ?? instantiate(this.#module, memory, this.#functions).kernel('run');
    this.#runs.set(memory, run);
    return run;
  }
}

/** Whether a number and its reciprocal are normal in f32. */
function hasReciprocal(value: number): boolean {
  const [least, most] = [2 ** -126, 2 ** 126];
  return Math.abs(value) >= least && Math.abs(value) <= most;
}

const BINARY: Readonly<Record<Exclude<BinaryName, 'pow'>, VectorOperation>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  div: 'div',
  max: 'max',
  min: 'min',
};

interface Imported extends ImportedFunction {
  readonly value: (...numbers: number[]) => number;
}

/** Writes the loop: each part of a formula has a local of its own. */
class LoopWriter {
  /** Over the numbers of a call: what the kernel is passed. */
  readonly numbers: Expr[] = [];
  readonly imports: Imported[] = [];
  readonly #formulas: EntrywiseFormulas;
  readonly #lanes: Lanes;
  readonly #before: number[] = [];
  readonly #loop: number[] = [];
  /** Locals of parts that are written, by their text. */
  readonly #locals = new Map<string, number>();
  /** Locals of vectors: they follow the parameters, whose number is known at the end only. */
  #vectors = 0;
  readonly #lines: number[] = [];

  constructor(formulas: EntrywiseFormulas, lanes: Lanes) {
    this.#formulas = formulas;
    this.#lanes = lanes;
  }

  get vectors(): number {
    return this.#vectors;
  }

  write(): Code {
    const { streams, lines, results } = this.#formulas;
    // Numbers are collected first: the locals of vectors lie behind their parameters.
    const prepared = lines.map((line) => this.#withNumbers(line));
    for (let k = 0; k < streams; k++) this.#fresh(`stream ${k}`, this.#loop, load(k, 0));
    for (const line of prepared) this.#lines.push(this.#part(line));
    const addresses = streams + results.length;
    const stores = results.flatMap((line, k) =>
      store(streams + k, 0, get(required(this.#lines[line], `local of line ${line}`))),
    );
    const steps = Array.from({ length: addresses }, (_, k) => advance(k, VECTOR_BYTES)).flat();
    return [...this.#before, ...repeatWhileBelow(0, addresses, [...this.#loop, ...stores, ...steps])];
  }

  /** Parts that read numbers alone become numbers of the call, marked as arguments behind all others. */
  #withNumbers(expr: Expr): Expr {
    if (expr.op === 'constant') return expr;
    const read = [...argumentsOf(expr)];
    if (read.length > 0 && read.every((index) => this.#isNumber(index))) return argument(this.#number(expr));
    switch (expr.op) {
      case 'argument':
      case 'size':
        return expr;
      case 'unary':
        return unary(expr.name, this.#withNumbers(expr.arg));
      case 'binary': {
        const { name, left, right } = expr;
        const fixed =
          right.op === 'constant'
            ? hasReciprocal(right.value)
            : [...argumentsOf(right)].every((index) => this.#isNumber(index));
        if (name === 'div' && fixed) return mul(this.#withNumbers(div(1, right)), this.#withNumbers(left));
        return { op: 'binary', name, left: this.#withNumbers(left), right: this.#withNumbers(right) };
      }
    }
  }

  #isNumber(index: number): boolean {
    const { streams, numbers } = this.#formulas;
    return index >= streams && index < streams + numbers;
  }

  #number(expr: Expr): number {
    const { streams } = this.#formulas;
    const local = substitute(expr, (leaf) => (leaf.op === 'argument' ? argument(leaf.index - streams) : leaf));
    const text = textKey(local);
    const known = this.numbers.findIndex((number) => textKey(number) === text);
    return this.#numbersStart() + (known < 0 ? this.numbers.push(local) - 1 : known);
  }

  /** Arguments from here on are the numbers of the call. */
  #numbersStart(): number {
    const { streams, numbers, lines } = this.#formulas;
    return streams + numbers + lines.length;
  }

  /** The local that holds a part, written where it is new. */
  #part(expr: Expr): number {
    if (expr.op === 'argument') return this.#argument(expr.index);
    const key = textKey(expr);
    return this.#locals.get(key) ?? this.#compute(key, expr);
  }

  #argument(index: number): number {
    const { streams, numbers } = this.#formulas;
    if (index < streams) return required(this.#locals.get(`stream ${index}`), `local of stream ${index}`);
    const place = index - this.#numbersStart();
    if (place < 0) return required(this.#lines[index - streams - numbers], 'local of a line');
    const key = `number ${place}`;
    const parameter = this.#addresses() + place;
    return this.#locals.get(key) ?? this.#fresh(key, this.#before, [...get(parameter), ...this.#vector('splat')]);
  }

  #compute(key: string, expr: Exclude<Expr, { op: 'argument' }>): number {
    switch (expr.op) {
      case 'constant':
        return this.#fresh(key, this.#before, constantVector(expr.value, this.#lanes));
      case 'size':
        return this.#fresh(key, this.#before, constantVector(Number.NaN, this.#lanes));
      case 'unary':
        return this.#unary(key, expr.name, this.#part(expr.arg));
      case 'binary':
        return this.#binary(key, expr.name, expr.left, expr.right);
    }
  }

  #unary(key: string, name: UnaryName, x: number): number {
    const zero = (): Code => get(this.#part({ op: 'constant', value: 0 }));
    const oneWhere = (comparison: 'less' | 'greater'): Code => [
      ...get(x),
      ...zero(),
      ...this.#vector(comparison),
      ...get(this.#part({ op: 'constant', value: 1 })),
      ...this.#vector('and'),
    ];
    // Comparisons are false for NaN, which has to stay one.
    const keepNaN: Code = [...get(x), ...get(x), ...get(x), ...this.#vector('notEqual'), ...this.#vector('and')];
    switch (name) {
      case 'neg':
      case 'abs':
      case 'sqrt':
        return this.#fresh(key, this.#loop, [...get(x), ...this.#vector(name)]);
      case 'relu':
        return this.#fresh(key, this.#loop, [...get(x), ...zero(), ...this.#vector('max')]);
      case 'step':
        return this.#fresh(key, this.#loop, [...oneWhere('greater'), ...keepNaN, ...this.#vector('or')]);
      case 'sign': {
        const difference = [...oneWhere('greater'), ...oneWhere('less'), ...this.#vector('sub')];
        return this.#fresh(key, this.#loop, [...difference, ...keepNaN, ...this.#vector('or')]);
      }
      default:
        return this.#call(key, { name, arguments: 1, value: unaryFunctions[name].value }, [x]);
    }
  }

  #binary(key: string, name: BinaryName, left: Expr, right: Expr): number {
    if (name === 'pow') {
      const exponent = right.op === 'constant' ? right.value : undefined;
      const x = this.#part(left);
      if (exponent === 2) return this.#fresh(key, this.#loop, [...get(x), ...get(x), ...this.#vector('mul')]);
      if (exponent === 0.5) return this.#fresh(key, this.#loop, [...get(x), ...this.#vector('sqrt')]);
      const value = (base: number, power: number): number => binaryValue('pow', base, power);
      return this.#call(key, { name: 'pow', arguments: 2, value: value as Imported['value'] }, [x, this.#part(right)]);
    }
    const [x, y] = [this.#part(left), this.#part(right)];
    return this.#fresh(key, this.#loop, [...get(x), ...get(y), ...this.#vector(BINARY[name])]);
  }

  /** A function that only JavaScript has, lane by lane. */
  #call(key: string, imported: Imported, operands: readonly number[]): number {
    const known = this.imports.findIndex(({ name }) => name === imported.name);
    const index = known < 0 ? this.imports.push(imported) - 1 : known;
    const local = this.#fresh(key, this.#loop, []);
    this.#loop.push(...eachLane(index, operands, local, this.#lanes));
    return local;
  }

  #vector(operation: VectorOperation): Code {
    return vector(operation, this.#lanes);
  }

  /** Parameters before the numbers: addresses of streams and results, and where the first ends. */
  #addresses(): number {
    return this.#formulas.streams + this.#formulas.results.length + 1;
  }

  /** A new local; `code` pushes its value, unless it is written by other means. */
  #fresh(key: string, place: number[], code: Code): number {
    const local = this.#addresses() + this.numbers.length + this.#vectors++;
    this.#locals.set(key, local);
    if (code.length > 0) place.push(...code, ...set(local));
    return local;
  }
}
