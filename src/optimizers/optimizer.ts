/**
 * An optimizer as data: what it may be told, what it remembers, and the formulas of one step.
 *
 * Notation (IVb 2.1): w_t = w_{t−1} − η Q_t(g_0..g_t), coordinate by coordinate. Q is the formula `update`; what of the
 * past it needs is the state. A definition is written once with expressions of `src/program` and holds nothing else, so
 * it can be stored as JSON, printed, and read by every interpreter through the program that write.ts makes of it.
 *
 * Hyperparameters are arguments of the formulas like all others. Where one has a fixed value, the formulas are folded
 * with it, and state that is then never read is not kept: `amsgrad` is one more line of Adam, and costs nothing where it
 * is false.
 */

import { argumentsOf, type Expr, type MatrixFunctionName, type RotationName } from '../program/index.ts';
import type { Domain } from './domains.ts';

/** Something an optimizer may be told; a flag where its value is true or false. */
export interface Hyperparameter {
  /** What it is unless told otherwise. */
  readonly value: number | boolean;
  readonly domain: Domain;
  readonly meaning: string;
}

/**
 * The axes of a state or formula: those of the parameter, all but the last (one number for each row), all but the last
 * but one (one for each column), or none. A vector is one row. Of the matrix that the parameter is to functions of
 * matrices, `rowPairs` has a number for each two rows, `columnPairs` for each two columns.
 */
export type Extent = 'entries' | 'rows' | 'columns' | 'scalar' | 'rowPairs' | 'columnPairs';

/** Something remembered from step to step. */
export interface StateField {
  readonly extent: Extent;
  /** What it starts from: a number, or the name of a hyperparameter. */
  readonly initial: number | string;
  /** Kept although no later update reads it: a result. */
  readonly kept: boolean;
}

/** An entrywise formula over the definition's arguments, or a mean of one. */
export interface Formula {
  readonly expr: Expr;
  /** Averaged along: the columns (one number for each row), the rows, or all axes. */
  readonly mean?: 'columns' | 'rows' | 'entries';
  /** A function of the matrix that the formula's entries make: a matrix of the same shape. */
  readonly matrix?: MatrixFormula;
  /** The inner products of any two rows, G Gᵀ, or columns, Gᵀ G, of the matrix that the formula's entries make. */
  readonly gram?: 'rows' | 'columns';
}

/** A named function of matrices (theory 11) and what it is told, numbers or hyperparameters that no step changes. */
export interface MatrixFormula {
  readonly name: MatrixFunctionName | RotationName;
  readonly attributes: Readonly<Record<string, number | string>>;
  /** What of pairs of rows and of columns it reads besides the matrix: arguments. */
  readonly statistics?: readonly Expr[];
}

/** One optimizer. Plain data. */
export interface Optimizer {
  readonly name: string;
  /** Where its definition is from. */
  readonly source: string;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
  readonly state: Readonly<Record<string, StateField>>;
  /** What argument i of the formulas is. A formula's value is `next NAME`. */
  readonly arguments: readonly string[];
  /** By the name of a state: its next value. Besides these `update` (Q), `rate` (η), and what several of them use. */
  readonly formulas: Readonly<Record<string, Formula>>;
  /** How parameters are updated that are no matrices over two widths, where it is another way. */
  readonly others?: Others;
}

/** Another optimizer, told what of the same settings it knows. */
export interface Others {
  readonly optimizer: Optimizer;
  /** The hyperparameter that its rate is multiplied by. */
  readonly rate?: string;
  /** Hyperparameters that stand for its own of other names, by its names. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Arguments that every formula may read besides hyperparameters and states: the number of entries, of rows, of columns. */
export const GIVEN = ['gradient', 'weight', 'step', 'entries', 'fanOut', 'fanIn'] as const;
export type Given = (typeof GIVEN)[number];

/** The argument that stands for the value of a formula at this step. */
export const nextName = (name: string): string => `next ${name}`;

/** The arguments that a formula reads. */
export function argumentsRead({ expr, matrix }: Formula): ReadonlySet<number> {
  return new Set([expr, ...(matrix?.statistics ?? [])].flatMap((one) => [...argumentsOf(one)]));
}
