/**
 * How optimizers are written: names in place of argument numbers. Updates entry by entry are those of IVb 2.1, of whole
 * matrices those of theory 11.
 */

import { argument, type Expr, type ExprLike } from '../program/index.ts';
import { checkedOptimizer } from './checkOptimizer.ts';
import { badDefinition } from './errors.ts';
import {
  type Formula,
  GIVEN,
  type Given,
  type Hyperparameter,
  type MatrixFormula,
  nextName,
  type Optimizer,
  type Others,
  type StateField,
} from './optimizer.ts';

/** What every optimizer may be told. */
const COMMON = {
  maximize: {
    value: false,
    domain: {},
    meaning: 'go up the gradient instead of down',
  },
  coupledDecay: {
    value: 0,
    domain: { atLeast: 0 },
    meaning: 'λ of L2 regularization: λw is added to the gradient before Q sees it',
  },
  decoupledDecay: {
    value: 0,
    domain: { atLeast: 0 },
    meaning: 'λ of decoupled decay as libraries have it: the weight is multiplied by 1 − ηλ',
  },
  independentDecay: {
    value: 0,
    domain: { atLeast: 0, atMost: 1 },
    meaning: 'λ of decoupled decay that is independent of rate and width: the weight is multiplied by 1 − λ',
  },
} as const satisfies Readonly<Record<string, Hyperparameter>>;

export const RESERVED = ['learningRate', ...Object.keys(COMMON)];

/** A state as it is written in a definition; a number means one for each entry that starts from it. */
export type StateLike = number | (Partial<StateField> & Pick<StateField, 'initial'>);

/** A state without axes, shared by all entries of a parameter. */
export const scalar = (initial: number | string): StateLike => ({ extent: 'scalar', initial });

/** A mean of an entrywise formula. */
export function meanOver(mean: NonNullable<Formula['mean']>, expr: Expr): Formula {
  return { expr, mean };
}

/**
 * A function of the matrix that an entrywise formula makes; of attributes, names are hyperparameters'. Statistics are
 * arguments on pairs of rows, then of columns.
 */
export function matrixOf(
  name: MatrixFormula['name'],
  expr: Expr,
  attributes: MatrixFormula['attributes'],
  statistics?: readonly Expr[],
): Formula {
  return { expr, matrix: { name, attributes, ...(statistics === undefined ? {} : { statistics }) } };
}

/** The inner products of any two rows, or columns, of the matrix that an entrywise formula makes. */
export function gramOf(gram: NonNullable<Formula['gram']>, expr: Expr): Formula {
  return { expr, gram };
}

/** How an optimizer is written. */
export interface Definition<H extends string, S extends string, N extends string> {
  readonly name: string;
  readonly source: string;
  /** η unless told otherwise; the n^(−c) of a parametrization comes besides. */
  readonly learningRate: number;
  readonly hyperparameters?: Readonly<Record<H, Hyperparameter>>;
  readonly state?: Readonly<Record<S, StateLike>>;
  /** Names of formulas that are neither state nor `update` or `rate`. */
  readonly notes?: readonly N[];
  /** How parameters are updated that are no matrices over two widths, where it is another way. */
  readonly others?: Others;
  /**
   * The formulas of a step. `now` holds the gradient, the weight before the step, the number `step` of this step (from
   * 1), the number of `entries` of the parameter, of its rows `fanOut` and its columns `fanIn`, hyperparameters and states; `next` the values of formulas at this
   * step, in any order that has no circle, and the weight after it. `rate` takes the place of η, which n^(−c) multiplies.
   */
  readonly formulas: (
    now: Readonly<Record<Given | 'learningRate' | H | S, Expr>>,
    next: Readonly<Record<S | N | 'weight' | 'update', Expr>>,
  ) => Readonly<Record<S | N | 'update', Formula | ExprLike>> & { readonly rate?: Formula | ExprLike };
}

/**
 * Makes an optimizer of a definition; for one's own update rule as for the ones of this room:
 *
 * ```ts
 * import { average, defineOptimizer } from 'nexort/optimizers';
 * import { unary } from 'nexort/program';
 *
 * const soft = defineOptimizer({
 *   name: 'soft sign',
 *   source: 'tanh in place of the sign of Signum',
 *   learningRate: 0.01,
 *   hyperparameters: { beta: { value: 0.9, domain: { atLeast: 0, below: 1 }, meaning: 'share of the past' } },
 *   state: { first: 0 },
 *   formulas: ({ gradient, first, beta }, next) => ({
 *     first: average(beta, first, gradient),
 *     update: unary('tanh', next.first),
 *   }),
 * });
 * ```
 *
 * Throws {@link UserError} `optimizers.definition` with everything wrong with it.
 */
export function defineOptimizer<
  const H extends string = never,
  const S extends string = never,
  const N extends string = never,
>(definition: Definition<H, S, N>): Optimizer {
  const { name, source, learningRate, notes = [] } = definition;
  const reserved = Object.keys(definition.hyperparameters ?? {}).filter((own) => RESERVED.includes(own));
  if (reserved.length > 0) throw badDefinition(name, [`${reserved.join(', ')}: every optimizer has these already`]);
  const hyperparameters = withCommon(learningRate, definition.hyperparameters);
  const state = Object.fromEntries(
    Object.entries<StateLike>(definition.state ?? {}).map(([field, like]) => [field, stateField(like)]),
  );
  const { values, results, names } = argumentNames({ hyperparameters, state, notes });
  const read = (wanted: readonly string[], label: (entry: string) => string): Readonly<Record<string, Expr>> =>
    Object.fromEntries(wanted.map((entry) => [entry, argument(names.indexOf(label(entry)))]));
  const formulas = definition.formulas(
    // The two records hold exactly the names that the type parameters list.
    read(values, (entry) => entry) as Parameters<typeof definition.formulas>[0],
    read(results, nextName) as Parameters<typeof definition.formulas>[1],
  );
  return checkedOptimizer({
    name,
    source,
    hyperparameters,
    state,
    arguments: names,
    formulas: Object.fromEntries(
      Object.entries<Formula | ExprLike | undefined>(formulas).flatMap(([entry, like]) =>
        like === undefined ? [] : [[entry, formula(like)] as const],
      ),
    ),
    ...(definition.others === undefined ? {} : { others: definition.others }),
  });
}

/** Own hyperparameters with those that every optimizer has. */
export function withCommon(
  learningRate: number,
  own: Readonly<Record<string, Hyperparameter>> = {},
): Readonly<Record<string, Hyperparameter>> {
  const rate = { value: learningRate, domain: { above: 0 }, meaning: 'η, the learning rate' };
  return { learningRate: rate, ...own, ...COMMON };
}

/** What formulas may read: what there is before a step, results of this one, and the names of both in order. */
export function argumentNames({
  hyperparameters,
  state,
  notes,
}: {
  readonly hyperparameters: object;
  readonly state: object;
  readonly notes: readonly string[];
}): { readonly values: readonly string[]; readonly results: readonly string[]; readonly names: readonly string[] } {
  const values = [...GIVEN, ...Object.keys(hyperparameters), ...Object.keys(state)];
  const results = ['weight', 'update', ...Object.keys(state), ...notes];
  return { values, results, names: [...values, ...results.map(nextName)] };
}

/** The same optimizer under another name and with other defaults. Throws as {@link defineOptimizer}. */
export function variant(
  optimizer: Optimizer,
  name: string,
  source: string,
  defaults: Readonly<Record<string, number | boolean>>,
): Optimizer {
  const known = optimizer.hyperparameters;
  const unknown = Object.keys(defaults).filter((entry) => !Object.hasOwn(known, entry));
  if (unknown.length > 0)
    throw badDefinition(name, [`${unknown.join(', ')}: no hyperparameter of "${optimizer.name}"`]);
  const hyperparameters = Object.fromEntries(
    Object.entries(known).map(([entry, hyperparameter]) => [
      entry,
      { ...hyperparameter, value: defaults[entry] ?? hyperparameter.value },
    ]),
  );
  return checkedOptimizer({ ...optimizer, name, source, hyperparameters });
}

/** A state with its defaults. */
export function stateField(like: StateLike): StateField {
  const field = typeof like === 'number' ? { initial: like } : like;
  return { extent: 'entries', kept: false, ...field };
}

function formula(like: Formula | ExprLike): Formula {
  if (typeof like === 'number') return { expr: { op: 'constant', value: like } };
  return 'op' in like ? { expr: like } : like;
}
