/** Whether a definition holds together: for definitions that people write or read from files. */

import { required } from '../errors/index.ts';
import { argumentsOf } from '../program/index.ts';
import { describeDomain, liesIn } from './domains.ts';
import { badDefinition } from './errors.ts';
import {
  argumentsRead,
  type Extent,
  type Formula,
  GIVEN,
  type MatrixFormula,
  nextName,
  type Optimizer,
} from './optimizer.ts';

/** Returns the optimizer if it holds together. Throws {@link UserError} `optimizers.definition` with all problems. */
export function checkedOptimizer(optimizer: Optimizer): Optimizer {
  const problems = [...problemsOfNames(optimizer), ...problemsOfFormulas(optimizer)];
  if (problems.length > 0) throw badDefinition(optimizer.name, problems);
  return optimizer;
}

function problemsOfNames({ hyperparameters, state, arguments: names, formulas, others }: Optimizer): string[] {
  const problems: string[] = [];
  for (const name of new Set(names.filter((entry, k) => names.indexOf(entry) !== k)))
    problems.push(`${name}: named twice; every hyperparameter, state and note needs a name of its own`);
  for (const [name, { value, domain }] of Object.entries(hyperparameters)) {
    if (typeof value === 'number' && !liesIn(value, domain))
      problems.push(`${name}: its default is ${value}, expected ${describeDomain(domain)}`);
  }
  for (const [name, { initial }] of Object.entries(state)) {
    if (formulas[name] === undefined) problems.push(`${name}: a state without a formula for its next value`);
    if (typeof initial === 'string' && hyperparameters[initial] === undefined)
      problems.push(`${name}: starts from "${initial}", which is no hyperparameter`);
  }
  for (const told of [others?.rate, ...Object.values(others?.settings ?? {})]) {
    if (told !== undefined && hyperparameters[told] === undefined)
      problems.push(`others: they are told "${told}", which is no hyperparameter`);
  }
  if (formulas.update === undefined) problems.push('update: there is no formula for it');
  return problems;
}

function problemsOfFormulas(optimizer: Optimizer): string[] {
  const { arguments: names, formulas, state } = optimizer;
  const problems: string[] = [];
  for (const [name, formula] of Object.entries(formulas)) {
    for (const index of argumentsRead(formula)) {
      if (names[index] === undefined) problems.push(`${name}: reads argument ${index} of ${names.length}`);
    }
  }
  for (const [name, { matrix }] of Object.entries(formulas)) {
    for (const told of Object.values(matrix?.attributes ?? {})) {
      if (typeof told === 'string' && optimizer.hyperparameters[told] === undefined)
        problems.push(`${name}: ${matrix?.name} is told "${told}", which is no hyperparameter`);
    }
  }
  if (problems.length > 0) return problems;
  const circle = circleOf(optimizer);
  if (circle !== undefined) return [`${circle.join(' → ')}: a formula that reads its own value`];
  for (const [name, { extent }] of Object.entries(state)) {
    if (formulas[name] === undefined) continue;
    const found = extentOf(optimizer, name);
    if (join(found, extent) !== extent) problems.push(`${name}: a state of extent ${extent} becomes one of ${found}`);
  }
  for (const [name, formula] of Object.entries(formulas)) {
    const { matrix, gram, mean } = formula;
    const read = extentsRead(optimizer, formula);
    if (read.some(isOfPairs) && (read.length > 1 || mean !== undefined))
      problems.push(`${name}: mixes numbers for pairs of rows or columns with others`);
    if (gram !== undefined && entryExtent(optimizer, formula) !== 'entries')
      problems.push(`${name}: inner products of what is no matrix; let its formula read the gradient`);
    if (matrix === undefined) continue;
    if (entryExtent(optimizer, formula) !== 'entries')
      problems.push(`${name}: ${matrix.name} of what is no matrix; let its formula read the gradient or a state of it`);
    problems.push(...problemsOfStatistics(optimizer, name, matrix));
  }
  if (isOfPairs(extentOf(optimizer, 'update')))
    problems.push('update: has numbers for pairs of rows or columns, expected one for each entry');
  if (formulas.rate !== undefined && extentOf(optimizer, 'rate') !== 'scalar')
    problems.push('rate: differs between entries; let "update" hold what does');
  return problems;
}

/** What a function of matrices reads besides its matrix: pairs of rows, then pairs of columns, or nothing. */
function problemsOfStatistics(
  optimizer: Optimizer,
  name: string,
  { name: called, statistics = [] }: MatrixFormula,
): string[] {
  const alone = called === 'newtonSchulz' || called === 'spectralNormalize';
  const wanted: readonly Extent[] = alone ? [] : ['rowPairs', 'columnPairs'];
  const found = statistics.map((one) =>
    one.op === 'argument' ? extentOfArgument(optimizer, one.index) : ('scalar' as const),
  );
  if (found.join() === wanted.join()) return [];
  return [
    `${name}: ${called} reads statistics of ${found.join(', ') || 'nothing'}, expected ${wanted.join(', ') || 'none'}`,
  ];
}

/** The formulas that one reads the value of. The weight after the step needs `update` and `rate`. */
function readsNext({ arguments: names, formulas }: Optimizer, name: string): string[] {
  if (name === 'weight') return ['update', 'rate'];
  const formula = formulas[name];
  if (formula === undefined) return [];
  const read = [...argumentsRead(formula)].map((index) => required(names[index], 'argument of a formula'));
  return [...Object.keys(formulas), 'weight'].filter((other) => read.includes(nextName(other)));
}

/** A chain of formulas that ends where it began. */
function circleOf(optimizer: Optimizer): string[] | undefined {
  const done = new Set<string>();
  const follow = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const other of readsNext(optimizer, name)) {
      const circle = follow(other, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(optimizer.formulas)) {
    const circle = follow(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The axes that a formula's value has at most. Its definition must have no circle. */
export function extentOf(optimizer: Optimizer, name: string): Extent {
  const formula = optimizer.formulas[name];
  if (formula === undefined) return 'entries';
  if (formula.gram !== undefined) return formula.gram === 'rows' ? 'rowPairs' : 'columnPairs';
  return averagedExtent(entryExtent(optimizer, formula), formula.mean);
}

/** The axes of a formula before it is averaged, or a function of a matrix taken of it. */
const entryExtent = (optimizer: Optimizer, formula: Formula): Extent =>
  extentsRead(optimizer, formula).reduce(join, 'scalar');

/** Different extents of what an expression reads, but for single numbers. */
function extentsRead(optimizer: Optimizer, { expr }: Formula): Extent[] {
  const extents = [...argumentsOf(expr)].map((index) => extentOfArgument(optimizer, index));
  return [...new Set(extents)].filter((extent) => extent !== 'scalar');
}

const isOfPairs = (extent: Extent): boolean => extent === 'rowPairs' || extent === 'columnPairs';

function extentOfArgument(optimizer: Optimizer, index: number): Extent {
  const name = required(optimizer.arguments[index], 'argument of a formula');
  if (name === 'gradient' || name === 'weight' || name === nextName('weight')) return 'entries';
  const state = optimizer.state[name];
  if (state !== undefined) return state.extent;
  if ((GIVEN as readonly string[]).includes(name) || optimizer.hyperparameters[name] !== undefined) return 'scalar';
  const next = name.slice(nextName('').length);
  // What a state becomes is repeated along the axes that it lacks.
  return optimizer.state[next]?.extent ?? extentOf(optimizer, next);
}

/** The axes of either. */
function join(left: Extent, right: Extent): Extent {
  if (left === right || right === 'scalar') return left;
  return left === 'scalar' ? right : 'entries';
}

function averagedExtent(extent: Extent, mean: Formula['mean']): Extent {
  switch (mean) {
    case undefined:
      return extent;
    case 'entries':
      return 'scalar';
    case 'columns':
      return extent === 'entries' ? 'rows' : extent === 'columns' ? 'scalar' : extent;
    case 'rows':
      return extent === 'entries' ? 'columns' : extent === 'rows' ? 'scalar' : extent;
  }
}
