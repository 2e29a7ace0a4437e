/**
 * Kets of a program (IVb 2.6.5), sampled: moments, hat and dot parts, and the Gram matrix ⟨x|y⟩ = E|x⟩|y⟩ between them.
 */

import { type Columns, ketInterpreter } from 'nexort/kets';
import {
  argument,
  checkFragment,
  extend,
  type Node,
  nodeOf,
  type Program,
  parseWithPlaces,
  pow,
  spaceOf,
} from 'nexort/program';
import { widthsIn } from '../program/rules.ts';
import { shownProgram } from '../program/values.ts';
import { type Product, productOf, transposed } from './products.ts';
import { type Estimated, estimates, solved } from './samples.ts';

/** What of a ket a column is. */
export type KetPart = 'whole' | 'hat' | 'dot' | 'update';

/** A value on one width in the limit: a random variable, for each place of its fixed axes; shown is the first. */
export interface KetRow {
  /** Of the node, and as the text has it. */
  readonly name: string;
  readonly label: string;
  readonly axes: readonly string[];
  /** The width that its entries are coordinates of. */
  readonly space: string;
  readonly mean: Estimated;
  /** ⟨y|y⟩ = E[y²]. */
  readonly square: Estimated;
  /** Of a product Wx with an initial matrix. */
  readonly product?: KetProduct;
}

export interface KetProduct {
  /** W, and x. */
  readonly matrix: string;
  readonly of: string;
  readonly isTransposed: boolean;
  /** The variance of the hat part: σ²⟨x|x⟩ where ⟨x|x⟩ is in the table, else as sampled. */
  readonly hat: Estimated;
  /** ⟨ẏ|ẏ⟩ of the dot part. */
  readonly dot: Estimated;
  /** E[u²] of what updates of a trained matrix add; absent where it has none. */
  readonly update?: Estimated;
  /** ẏ = Σ coefficient · |y⟩ over what Wᵀ was applied to before; absent where the kets do not tell them apart. */
  readonly terms?: readonly KetTerm[];
}

export interface KetTerm {
  readonly of: KetPlace;
  readonly coefficient: Estimated;
}

/** A ket at a place of its fixed axes: `x[batch 0]`. */
export interface KetPlace {
  readonly name: string;
  readonly label: string;
  /** `batch 0`, one for each fixed axis. */
  readonly at: readonly string[];
}

/** A row of the Gram matrix. */
export interface KetColumn extends KetPlace {
  readonly part: KetPart;
  readonly space: string;
}

export interface KetTable {
  readonly rows: readonly KetRow[];
  readonly columns: readonly KetColumn[];
  /** ⟨x|y⟩, lower triangle: the entry of columns i ≥ j at i (i + 1)/2 + j; NaN between widths of different spaces. */
  readonly gram: readonly Estimated[];
  readonly samples: number;
  readonly scramblings: number;
}

const SCRAMBLINGS = 4;
/** The most rows of a table, and the most columns of a Gram matrix. */
const [MOST_ROWS, MOST_COLUMNS, MOST_PLACES] = [40, 120, 4] as const;
/**
 * Samples, and the coordinates that averages within nonlinear outer products read of them; then the widths that take away a
 * bias of order 1/n, as shares, so that they read at least as many as tell it.
 */
const USUAL = { samples: 1024, subsample: 256, shares: [1, 1 / 2, 1 / 4] } as const;
/** Where a value has three width axes, whose numbers are the product. */
const CUBIC = { samples: 256, subsample: 64, shares: [1, 1 / 2] } as const;

/** Kets of a program in NE⊗OR⊤, in its order. Throws {@link UserError} as `ketInterpreter`. */
export async function ketTable({ text, steps }: { readonly text: string; readonly steps: number }): Promise<KetTable> {
  const placed = parseWithPlaces(text);
  const { program } = placed;
  const shown = shownProgram(placed);
  // Steps of formulas are left out, but products.
  const rows = shown.values
    .filter(({ isNamed, rule }) => isNamed || rule === 'matmul')
    .map(({ name, label }): Row => ({ node: nodeOf(program, name), label }))
    .filter(({ node }) => widthsIn(program, node) === 1 && hasKet(program, node))
    .slice(0, MOST_ROWS);
  const isCubic = program.nodes.some((node) => widthsIn(program, node) > 2);
  const { samples, subsample, shares } = isCubic ? CUBIC : USUAL;
  const empty = { rows: [], columns: [], gram: [], samples, scramblings: SCRAMBLINGS };
  if (rows.length === 0) return empty;
  const products = new Map(
    rows.flatMap(({ node }) => {
      const product = productOf(program, shown, node);
      return product === undefined ? [] : [[node.name, product] as const];
    }),
  );
  const parts = [...products.keys()];
  const asked = askedFor(program, rows);
  const measured: Measured[][] = [];
  for (let seed = 0; seed < SCRAMBLINGS; seed++) {
    const byWidth: Measured[] = [];
    for (const share of shares) {
      const width = samples * share;
      const sampling = { width, seed, sampling: 'quasi', limit: true, subsample: subsample * share, parts } as const;
      byWidth.push(measure(asked, rows, products, steps, sampling));
      // A turn of the event loop, in which a worker hears that it is given up.
      await new Promise((resume) => setTimeout(resume));
    }
    measured.push(byWidth);
  }
  return { ...empty, ...tableOf(rows, products, measured, shares) };
}

/** A value of the table. */
interface Row {
  readonly node: Node;
  readonly label: string;
}

/** What one run at one width gives: numbers by name, for columns that are the same in all. */
interface Measured {
  readonly columns: readonly KetColumn[];
  readonly means: readonly number[];
  readonly gram: readonly number[];
  /** By product: E[u²] of its updates, and the coefficients of its dot part. */
  readonly updates: ReadonlyMap<string, number>;
  readonly terms: ReadonlyMap<string, readonly Term[]>;
}

interface Term extends KetPlace {
  readonly coefficient: number;
}

/** One run of all steps. */
function measure(
  asked: Program,
  rows: readonly Row[],
  products: ReadonlyMap<string, Product>,
  steps: number,
  sampling: Parameters<typeof ketInterpreter>[0],
): Measured {
  const interpreter = ketInterpreter(sampling);
  let state = interpreter.start();
  let ran = interpreter.run(asked, state);
  for (let step = 1; step < steps; step++) {
    state = ran.state;
    ran = interpreter.run(asked, state);
  }
  const wholes = new Map(rows.map(({ node }, k) => [node.name, columnsOf(ran.outputs[`ket.${k}`])]));
  const split = new Map([...products.keys()].map((name) => [name, ran.parts(name)]));
  interpreter.release(ran.state);
  const count = rows.length + 2 * products.size;
  const places = Math.max(1, Math.min(MOST_PLACES, Math.floor(MOST_COLUMNS / count)));
  const columns: KetColumn[] = [];
  const data: Float64Array[] = [];
  const take = ({ node: { name }, label }: Row, part: KetPart, { axes, shape, width, columns: all }: Columns): void => {
    for (const [k, column] of all.slice(0, places).entries()) {
      columns.push({ name, label, part, space: spaceOf(width), at: placeOf(axes, shape, k) });
      data.push(Float64Array.from(column));
    }
  };
  for (const row of rows) {
    const whole = wholes.get(row.node.name);
    const pieces = split.get(row.node.name);
    if (whole !== undefined) take(row, 'whole', whole);
    if (pieces === undefined) continue;
    take(row, 'hat', pieces.hat);
    take(row, 'dot', pieces.dot);
  }
  const terms = new Map(
    [...products].flatMap(([name, product]) => {
      const dot = split.get(name)?.dot.columns[0];
      const found = dot === undefined ? undefined : termsOf(dot, product, products, wholes, rows);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
  return {
    columns,
    means: data.map((column) => sum(column) / column.length),
    gram: data.flatMap((x, i) =>
      data.slice(0, i + 1).map((y, j) => (columns[i]?.space === columns[j]?.space ? inner(x, y) : Number.NaN)),
    ),
    updates: new Map(
      [...split].map(([name, { update }]) => {
        const [first] = update.columns;
        return [name, first === undefined ? 0 : inner(first, first)];
      }),
    ),
    terms,
  };
}

/** The dot part as a combination of what the other direction of its matrix was applied to before (IVb 2.6.5). */
function termsOf(
  dot: ArrayLike<number>,
  product: Product,
  products: ReadonlyMap<string, Product>,
  wholes: ReadonlyMap<string, Columns>,
  rows: readonly Row[],
): Term[] | undefined {
  const order = rows.map(({ node }) => node.name);
  const before = new Set(transposed(product, products, order).map(({ of }) => of));
  const read = rows.filter(({ node }) => before.has(node.name));
  if (read.length < before.size) return undefined;
  const all = read.flatMap(({ node: { name }, label }) => {
    const { axes, shape, columns } = wholes.get(name) ?? NO_COLUMNS;
    return columns.map((column, place) => ({ name, label, at: placeOf(axes, shape, place), column }));
  });
  const coefficients = solved(
    all.map(({ column }) => column),
    dot,
  );
  return coefficients?.map((coefficient, k) => {
    const { name, label, at } = required(all[k]);
    return { name, label, at, coefficient };
  });
}

function tableOf(
  rows: readonly Row[],
  products: ReadonlyMap<string, Product>,
  measured: readonly (readonly Measured[])[],
  shares: readonly number[],
): Pick<KetTable, 'rows' | 'columns' | 'gram'> {
  const all = measured.flat();
  const { columns } = required(all[0]);
  const over = (numbers: (one: Measured) => readonly number[]): Estimated[] =>
    estimates(
      measured.map((byWidth) => byWidth.map(numbers)),
      shares,
    );
  const [means, gram] = [over(({ means: found }) => found), over(({ gram: found }) => found)];
  const columnOf = (name: string, part: KetPart): number =>
    columns.findIndex((column) => column.name === name && column.part === part);
  const squareAt = (place: number): Estimated => required(gram[entryOf(place, place)]);
  const productIn = (name: string, product: Product): KetProduct => {
    const x = columnOf(product.of, 'whole');
    const { value, standardError } = squareAt(x < 0 ? columnOf(name, 'hat') : x);
    const factor = x < 0 ? 1 : product.variance;
    const [update] = over(({ updates }) => [required(updates.get(name))]);
    const told = all.every(({ terms }) => terms.has(name)) ? required(all[0]?.terms.get(name)) : undefined;
    const coefficients = over(({ terms }) =>
      told === undefined ? [] : required(terms.get(name)).map((one) => one.coefficient),
    );
    const terms = told?.map(
      ({ name: of, label, at }, k): KetTerm => ({
        of: { name: of, label, at },
        coefficient: required(coefficients[k]),
      }),
    );
    return {
      matrix: product.matrix,
      of: product.of,
      isTransposed: product.isTransposed,
      hat: { value: factor * value, standardError: factor * standardError },
      dot: squareAt(columnOf(name, 'dot')),
      ...(update === undefined || update.value === 0 ? {} : { update }),
      ...(terms === undefined ? {} : { terms }),
    };
  };
  return {
    rows: rows.map(({ node: { name, type }, label }): KetRow => {
      const place = columnOf(name, 'whole');
      const product = products.get(name);
      return {
        name,
        label,
        axes: type.axes,
        space: required(columns[place]).space,
        mean: required(means[place]),
        square: squareAt(place),
        ...(product === undefined ? {} : { product: productIn(name, product) }),
      };
    }),
    columns,
    gram,
  };
}

const NO_COLUMNS: Columns = { axes: [], shape: [], width: '', columns: [] };

/** What our own code has made. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a ket is missing from its table');
  return value;
}

/** The place of ⟨x|y⟩ in the lower triangle of a Gram matrix. */
export const entryOf = (i: number, j: number): number => {
  const [high, low] = i >= j ? [i, j] : [j, i];
  return (high * (high + 1)) / 2 + low;
};

const sum = (column: ArrayLike<number>): number => {
  let total = 0;
  for (let k = 0; k < column.length; k++) total += column[k] as number; // in range
  return total;
};

/** The mean of products. */
function inner(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < x.length; k++) total += (x[k] as number) * (y[k] as number); // of one length
  return total / x.length;
}

/** `batch 0` for each fixed axis, row-major. */
function placeOf(axes: readonly string[], shape: readonly number[], place: number): string[] {
  let rest = place;
  const found = [...shape.entries()].reverse().map(([k, size]) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return `${axes[k]} ${at}`;
  });
  return found.reverse();
}

function columnsOf(output: unknown): Columns {
  return output as Columns; // a value with a width axis
}

/** The program with its states and the kets of rows as outputs. */
function askedFor(program: Program, rows: readonly Row[]): Program {
  const states = { ...program, outputs: program.outputs.filter(({ role }) => role === 'state') };
  return extend(states, (writer) => {
    for (const [k, { node }] of rows.entries()) writer.output(`ket.${k}`, writer.value(node.name));
  });
}

/** Whether a value stays of order 1; parameters are read by products alone. */
function hasKet(program: Program, node: Node): boolean {
  if (node.instruction.op === 'parameter') return false;
  const moments = extend(program, (writer) => {
    const value = writer.value(node.name);
    const over = value.type.axes.filter((axis) =>
      program.spaces.some(({ name, kind }) => name === spaceOf(axis) && kind === 'width'),
    );
    writer.output('mean.0', writer.reduce('mean', value, over));
    writer.output('square.0', writer.reduce('mean', writer.map(pow(argument(0), 2), [value]), over));
  });
  return checkFragment(moments).inFragment;
}
