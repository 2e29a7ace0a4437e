/**
 * The instructions of a program: about twenty primitives over values with named axes, and calls of named functions.
 *
 * Every per-instruction table of this project is a total map over {@link Op}, so that a new instruction is a compile
 * error in each interpreter and rewrite until it is handled.
 */

import type { Axis } from './axes.ts';
import type { Expr, SizePower } from './expressions.ts';
import type { FunctionName } from './functions/signatures.ts';
import type { Merging, Ranging, Splitting } from './rearranging.ts';
import type { Windowing } from './windowing.ts';

/** A value is real, or an index into a space; both carry a set of axes. */
export type ValueType =
  | { readonly kind: 'real'; readonly axes: readonly Axis[] }
  | { readonly kind: 'index'; readonly of: string; readonly axes: readonly Axis[] };

/** Name of a node, unique in its program. */
export type Ref = string;

/** A law of independent entries of mean 0 and standard deviation scale · Π size^exponent. */
export interface RandomLaw {
  /** Gaussian (IVb 2.6.3), or fair signs (Rademacher), one of the laws of universality (IVb 2.6.4). */
  readonly kind: 'gaussian' | 'rademacher';
  readonly scale: number;
  readonly powers: readonly SizePower[];
}

/** How the entries of initial values are drawn: independently, or all the same number. */
export type Law = RandomLaw | { readonly kind: 'constant'; readonly value: number };

/** Data, or the named state that a step program reads and writes. */
export type Role = 'data' | 'state';

/** An instruction of a program: one of the primitives, or a call of a named function. */
export type Instruction =
  /** A value given at run time, or drawn by its law: initial data of a program, the state that a run starts from. */
  | { readonly op: 'input'; readonly role: Role; readonly type: ValueType; readonly law?: Law }
  /**
   * A trainable value. It may be used only by `contract` and `gather`, so that its gradient is a list of factors.
   * `zeroGradient` states why its gradient vanishes by structure, where it does.
   */
  | { readonly op: 'parameter'; readonly axes: readonly Axis[]; readonly law: Law; readonly zeroGradient?: string }
  /** Numbers known when the program is written, flat in the order of `axes` (whose sizes must be numbers). */
  | { readonly op: 'constant'; readonly type: ValueType; readonly values: readonly number[] }
  /** y = expr(args), entry by entry; one operand's axes contain the others' and are the result's. */
  | { readonly op: 'map'; readonly expr: Expr; readonly args: readonly Ref[] }
  /** y = Σ_over a·b; the axes in `over` are shared and summed, other shared axes are aligned, the rest multiply out. */
  | { readonly op: 'contract'; readonly args: readonly [Ref, Ref]; readonly over: readonly Axis[] }
  /** Sum, mean or maximum over axes. */
  | { readonly op: 'reduce'; readonly by: 'sum' | 'mean' | 'max'; readonly arg: Ref; readonly over: readonly Axis[] }
  /** The same entries repeated along new axes. */
  | { readonly op: 'broadcast'; readonly arg: Ref; readonly along: readonly Axis[] }
  /** y[…, i] = table[index[i], …]: `axis` of the table is replaced by the index's axes; shared axes are aligned. */
  | { readonly op: 'gather'; readonly table: Ref; readonly index: Ref; readonly axis: Axis }
  /** The adjoint of gather: y[k, …] = Σ_over 1[index = k] · values, on the new axis `into`. */
  | {
      readonly op: 'scatter';
      readonly values: Ref;
      readonly index: Ref;
      readonly into: Axis;
      readonly over: readonly Axis[];
    }
  /** The same entries on other axes of the same sizes: a copy of an axis (n → n′) or a boundary between two spaces. */
  | { readonly op: 'rename'; readonly arg: Ref; readonly axes: readonly (readonly [from: Axis, to: Axis])[] }
  /** y[…, p, o] = x[…, p · stride + o · dilation − before], 0 outside of x (windowing.ts). */
  | ({ readonly op: 'window'; readonly arg: Ref } & Windowing)
  /** The adjoint of window: x[…, i] = Σ y[…, p, o] over the p and o with p · stride + o · dilation − before = i. */
  | ({ readonly op: 'overlap'; readonly arg: Ref } & Windowing)
  /** One fixed axis as several whose sizes multiply to its size, the first the slowest (rearranging.ts). */
  | ({ readonly op: 'split'; readonly arg: Ref } & Splitting)
  /** The adjoint and inverse of split: several fixed axes as one. */
  | ({ readonly op: 'merge'; readonly arg: Ref } & Merging)
  /** Operands one after the other, each along a fixed axis of its own; all other axes are the same. */
  | ({ readonly op: 'concat'; readonly args: readonly Ref[] } & Merging)
  /** A range of a fixed axis: y[…, i] = x[…, i + after] for the entries i of `into`. */
  | ({ readonly op: 'select'; readonly arg: Ref } & Ranging)
  /** The adjoint of select: y[…, i + after] = x[…, i], and 0 elsewhere along `into`. */
  | ({ readonly op: 'pad'; readonly arg: Ref } & Ranging)
  /** A named function over some axes of its arguments (functions/). */
  | {
      readonly op: 'call';
      readonly name: FunctionName;
      readonly args: readonly Ref[];
      readonly over: readonly Axis[];
      readonly attributes: Readonly<Record<string, number>>;
    };

/** The name of an instruction's kind, by which the tables of interpreters are keyed. */
export type Op = Instruction['op'];

/** The instruction of one kind. */
export type InstructionOf<K extends Op> = Extract<Instruction, { op: K }>;

/** The nodes that an instruction reads, in order. */
export function operands(instruction: Instruction): readonly Ref[] {
  switch (instruction.op) {
    case 'input':
    case 'parameter':
    case 'constant':
      return [];
    case 'map':
    case 'contract':
    case 'concat':
    case 'call':
      return instruction.args;
    case 'reduce':
    case 'broadcast':
    case 'rename':
    case 'window':
    case 'overlap':
    case 'split':
    case 'merge':
    case 'select':
    case 'pad':
      return [instruction.arg];
    case 'gather':
      return [instruction.table, instruction.index];
    case 'scatter':
      return [instruction.values, instruction.index];
  }
}

/** The same instruction reading other nodes. */
export function withOperands(instruction: Instruction, rename: (ref: Ref) => Ref): Instruction {
  switch (instruction.op) {
    case 'input':
    case 'parameter':
    case 'constant':
      return instruction;
    case 'map':
    case 'concat':
    case 'call':
      return { ...instruction, args: instruction.args.map(rename) };
    case 'contract':
      return { ...instruction, args: [rename(instruction.args[0]), rename(instruction.args[1])] };
    case 'reduce':
    case 'broadcast':
    case 'rename':
    case 'window':
    case 'overlap':
    case 'split':
    case 'merge':
    case 'select':
    case 'pad':
      return { ...instruction, arg: rename(instruction.arg) };
    case 'gather':
      return { ...instruction, table: rename(instruction.table), index: rename(instruction.index) };
    case 'scatter':
      return { ...instruction, values: rename(instruction.values), index: rename(instruction.index) };
  }
}

/** The same text for equal data alone: JSON by itself writes NaN, ±∞ and −0 like other values. */
export function textKey(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
    return { number: Object.is(value, -0) ? '-0' : String(value) };
  });
}
