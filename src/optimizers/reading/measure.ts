/**
 * The degree of Q by measurement, for formulas that do not tell it: steps in f64 on gradients of very different sizes.
 * Ours; the classification asks for it (IVb 2.8).
 */

import { required } from '../../errors/index.ts';
import { argumentsOf, eigenvectors, evaluate, matrixFunctionOf, readings, sizesOf } from '../../program/index.ts';
import { type Extent, type Formula, nextName, type Optimizer } from '../optimizer.ts';
import { initialValue } from '../settings.ts';
import { DENSE, denseOf, matrixProduct, transposed } from './dense.ts';
import type { Degree } from './read.ts';
import type { Told } from './walk.ts';

/** Three factors of gradients at either end; squares and cubes of them are numbers in f64. */
const [FAR, FARTHER, FARTHEST] = [30, 33, 36];
/** Two slopes over three decades are one power where they differ by less, a fiftieth of what a logarithm makes. */
const TOLERANCE = 1e-4;
const STEPS = 8;
const [ROWS, COLUMNS] = [2, 3];
/** Gradients of the steps; their signs turn. */
const gradientAt = (step: number, entry: number): number => Math.sin(1.7 * step + 2.3 * entry + 0.4);

/**
 * The powers with which Q's largest update of a few steps follows the size of gradients, far below 1 and far above it;
 * unknown where it follows none. The weight counts as 0.
 */
export function measured(told: Told): { readonly small: Degree; readonly large: Degree } {
  const size = (power: number): number => largestUpdate(told, 10 ** power);
  const degree = (way: 1 | -1): Degree => {
    const log = (power: number): number => Math.log10(size(way * power));
    const [far, farther, farthest] = [log(FAR), log(FARTHER), log(FARTHEST)];
    const [first, second] = [(farther - far) / (FARTHER - FAR), (farthest - farther) / (FARTHEST - FARTHER)];
    if (!(Math.abs(first - second) < TOLERANCE)) return 'unknown';
    return Math.round((way * second) / TOLERANCE) * TOLERANCE + 0; // no −0
  };
  return { small: degree(-1), large: degree(1) };
}

/** The largest root-mean-square update of the steps, where the gradient is multiplied by s. */
function largestUpdate({ optimizer, settings }: Told, s: number): number {
  const whole = (value: number): Float64Array => new Float64Array(ROWS * COLUMNS).fill(value);
  let states = Object.entries(optimizer.state).map(([name, { initial, extent }]): [string, Float64Array] => [
    name,
    new Float64Array(numbersFor(extent)).fill(initialValue(initial, settings)),
  ]);
  let largest = 0;
  for (let step = 1; step <= STEPS; step++) {
    const values = new Map<string, Float64Array>([
      ...states,
      ...[...settings].map(([name, expr]): [string, Float64Array] => [
        name,
        whole(sizesOf(expr).size > 0 ? Number.NaN : evaluate(expr, {})([step - 1])),
      ]),
      ['gradient', whole(0).map((_, entry) => s * gradientAt(step, entry))],
      ['weight', whole(0)],
      ['step', whole(step)],
      ['fanOut', whole(ROWS)],
      ['fanIn', whole(COLUMNS)],
    ]);
    const read = (name: string): Float64Array => {
      const found = values.get(name);
      if (found !== undefined) return found;
      const formula = optimizer.formulas[name.slice(nextName('').length)];
      const value = formula === undefined ? whole(Number.NaN) : entriesOf(optimizer, formula, read);
      values.set(name, value);
      return value;
    };
    const update = read(nextName('update'));
    largest = Math.max(largest, Math.hypot(...update));
    states = states.map(([name]) => [name, read(nextName(name))]);
  }
  return largest;
}

const numbersFor = (extent: Extent): number =>
  extent === 'rowPairs' ? ROWS * ROWS : extent === 'columnPairs' ? COLUMNS * COLUMNS : ROWS * COLUMNS;

/** A formula's entries; a mean is repeated along what it averages. */
function entriesOf(optimizer: Optimizer, formula: Formula, read: (name: string) => Float64Array): Float64Array {
  const { expr, mean, matrix, gram } = formula;
  const value = evaluate(expr, {});
  const operands = optimizer.arguments.map((name, index) => (readings(expr, index) > 0 ? read(name) : undefined));
  // Beside pairs there are only numbers, which are the same at every entry.
  const counts = operands.flatMap((one) => (one === undefined ? [] : [one.length]));
  const count = counts.find((own) => own !== ROWS * COLUMNS) ?? ROWS * COLUMNS;
  const at = (one: Float64Array, k: number): number =>
    required(one[one.length === count ? k : 0], 'entry of an operand');
  const entries = new Float64Array(count).map((_, k) =>
    value(operands.map((one) => (one === undefined ? Number.NaN : at(one, k)))),
  );
  if (gram !== undefined) {
    const rows = denseOf(entries, COLUMNS);
    const across = transposed(rows);
    return Float64Array.from((gram === 'rows' ? matrixProduct(rows, across) : matrixProduct(across, rows)).flat());
  }
  if (matrix !== undefined) return matrixValue(optimizer, matrix, entries, read);
  if (mean === undefined) return entries;
  return entries.map((_, k) => {
    const row = Math.floor(k / COLUMNS);
    const averaged = entries.filter((__, other) => {
      if (mean === 'columns') return Math.floor(other / COLUMNS) === row;
      return mean === 'entries' || other % COLUMNS === k % COLUMNS;
    });
    return averaged.reduce((sum, entry) => sum + entry, 0) / averaged.length;
  });
}

/** A function of the matrix of these entries. */
function matrixValue(
  optimizer: Optimizer,
  { name, attributes, statistics = [] }: NonNullable<Formula['matrix']>,
  entries: Float64Array,
  read: (name: string) => Float64Array,
): Float64Array {
  const told = Object.entries(attributes).map(([own, value]): [string, number] => [
    own,
    typeof value === 'number' ? value : required(read(value)[0], 'hyperparameter'),
  ]);
  const call = { over: [], attributes: Object.fromEntries(told) };
  const given = statistics
    .flatMap((one) => [...argumentsOf(one)])
    .map((index) => read(required(optimizer.arguments[index], 'argument of a formula')))
    .map((pairs) => denseOf(pairs, Math.sqrt(pairs.length)));
  const rows = denseOf(entries, COLUMNS);
  if (name !== 'intoEigenbases' && name !== 'outOfEigenbases')
    return Float64Array.from(matrixFunctionOf(name, call, DENSE, rows, given).flat());
  const [left, right] = given.map((one) =>
    denseOf(eigenvectors(Float64Array.from(one.flat()), one.length), one.length),
  );
  const [down, across] = [required(left, 'basis of rows'), required(right, 'basis of columns')];
  const into = name === 'intoEigenbases';
  const [before, after] = into ? [transposed(down), across] : [down, transposed(across)];
  return Float64Array.from(matrixProduct(matrixProduct(before, rows), after).flat());
}
