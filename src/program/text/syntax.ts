/** What a text says before its names are looked up: statements and formulas as trees with their places. */

import type { Space } from '../axes.ts';
import type { Exponent } from '../exponent.ts';
import type { BinaryName } from '../expressions.ts';
import type { FunctionName } from '../functions/index.ts';
import type { Law, Role } from '../instructions.ts';
import type { UnaryName } from '../unary.ts';
import type { Windowing } from '../windowing.ts';
import type { Span } from './place.ts';

/** A name where it stands. */
export interface Word extends Span {
  readonly text: string;
}

/** A formula. `depth` counts the steps on its longest way down. */
export type Formula = Span & { readonly depth: number } & FormulaBody;

type FormulaBody =
  /** `bare`: without parentheses, so that a minus sign before it belongs to the number. */
  | { readonly op: 'number'; readonly value: number; readonly bare: boolean }
  | { readonly op: 'numbers'; readonly values: readonly number[] }
  | { readonly op: 'size'; readonly space: Word; readonly exponent: Exponent }
  | { readonly op: 'name'; readonly name: string }
  /** `$2`: the second operand of an explicit map. */
  | { readonly op: 'position'; readonly index: number }
  | { readonly op: 'unary'; readonly name: UnaryName; readonly arg: Formula }
  | { readonly op: 'binary'; readonly name: BinaryName; readonly left: Formula; readonly right: Formula }
  /** `map[a, b](a * b)`: exactly these operands in this order. */
  | { readonly op: 'map'; readonly operands: readonly Word[]; readonly body: Formula }
  | { readonly op: 'contract'; readonly left: Formula; readonly right: Formula; readonly over: readonly Word[] }
  /** `W @ x` without axes. */
  | { readonly op: 'product'; readonly matrix: Formula; readonly vector: Formula }
  /** `W^T`, to the left of a product without axes. */
  | { readonly op: 'transpose'; readonly arg: Formula }
  | {
      readonly op: 'reduce';
      readonly by: 'sum' | 'mean' | 'max';
      readonly arg: Formula;
      readonly over: readonly Word[];
    }
  /** The mean over all width axes. */
  | { readonly op: 'avg'; readonly arg: Formula }
  | { readonly op: 'broadcast'; readonly arg: Formula; readonly along: readonly Word[] }
  | { readonly op: 'gather'; readonly table: Formula; readonly axis: Word; readonly index: Formula }
  | {
      readonly op: 'scatter';
      readonly values: Formula;
      readonly into: Word;
      readonly index: Formula;
      readonly over: readonly Word[];
    }
  | {
      readonly op: 'window' | 'overlap';
      readonly arg: Formula;
      readonly axis: Word;
      readonly position: Word;
      readonly offset: Word;
      readonly steps: Partial<Windowing>;
    }
  | { readonly op: 'split'; readonly arg: Formula; readonly axis: Word; readonly into: readonly Word[] }
  | { readonly op: 'merge'; readonly arg: Formula; readonly axes: readonly Word[]; readonly into: Word }
  | {
      readonly op: 'concat';
      readonly args: readonly Formula[];
      readonly axes: readonly Word[];
      readonly into: Word;
    }
  | {
      readonly op: 'select' | 'pad';
      readonly arg: Formula;
      readonly axis: Word;
      readonly into: Word;
      /** How many entries stand before the range, and as many more as these spaces have. */
      readonly entries: number;
      readonly spaces: readonly Word[];
    }
  | { readonly op: 'rename'; readonly arg: Formula; readonly axes: readonly (readonly [from: Word, to: Word])[] }
  /** `x[n']`: the same value on other copies of its axes. */
  | { readonly op: 'copy'; readonly arg: Formula; readonly axes: readonly Word[] }
  | {
      readonly op: 'call';
      readonly name: FunctionName;
      readonly args: readonly Formula[];
      readonly over: readonly Word[];
      readonly attributes: Readonly<Record<string, number>>;
    };

export type FormulaOf<K extends FormulaBody['op']> = Extract<Formula, { op: K }>;

/** The axes of a value as declared, and the space that it points into if it is an index. */
export interface DeclaredType extends Span {
  readonly axes: readonly Word[];
  readonly of: Word | undefined;
}

/** A law and the spaces whose sizes it reads. */
export interface DeclaredLaw {
  readonly law: Law;
  readonly spaces: readonly Word[];
}

export type Statement =
  | { readonly op: 'space'; readonly space: Space; readonly name: Word }
  | {
      readonly op: 'input';
      readonly role: Role;
      readonly name: Word;
      readonly type: DeclaredType;
      readonly law: DeclaredLaw | undefined;
    }
  | {
      readonly op: 'parameter';
      readonly name: Word;
      readonly type: DeclaredType;
      readonly law: DeclaredLaw;
      readonly zeroGradient: string | undefined;
    }
  | {
      readonly op: 'equation';
      readonly name: Word;
      readonly type: DeclaredType | undefined;
      readonly value: Formula;
      /** Whether it may stay without a reader. */
      readonly keep: boolean;
    }
  | { readonly op: 'output'; readonly role: Role; readonly name: Word; readonly value: Formula | undefined }
  | { readonly op: 'no outputs'; readonly at: Span };

export interface ParsedText {
  /** From the first line, if it names the program. */
  readonly name: string | undefined;
  readonly statements: readonly Statement[];
}
