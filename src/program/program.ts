/**
 * The Program: the one data type that everything left of "run" produces or rewrites, and every interpreter reads.
 *
 * It is plain immutable data (JSON keeps it whole): spaces, nodes in an order in which operands come first, and named
 * outputs. Sizes may be symbols until they are bound. A training run is two programs: one that makes the initial state
 * and a step whose inputs and outputs of role `state` pair up by name.
 */

import type { Space } from './axes.ts';
import { unknownValue } from './errors.ts';
import {
  type Instruction,
  type InstructionOf,
  type Op,
  operands,
  type Ref,
  type Role,
  type ValueType,
} from './instructions.ts';

/** One named value and the instruction that makes it. */
export interface Node {
  readonly name: Ref;
  readonly instruction: Instruction;
  readonly type: ValueType;
}

/** A value handed out under a name. */
export interface Output {
  readonly name: string;
  readonly value: Ref;
  readonly role: Role;
}

/**
 * A program: spaces that its axes are of, nodes in the order of computation, outputs. Immutable plain data; JSON keeps
 * it whole.
 */
export interface Program {
  readonly name: string;
  readonly spaces: readonly Space[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Output[];
}

/** A node of one kind. */
export interface NodeOf<K extends Op> extends Node {
  readonly instruction: InstructionOf<K>;
}

const tables = new WeakMap<Program, ReadonlyMap<Ref, Node>>();

/** The node of a name. Throws {@link UserError} `program.unknown-value`. */
export function nodeOf(program: Program, name: Ref): Node {
  let table = tables.get(program);
  if (table === undefined) {
    table = new Map(program.nodes.map((node) => [node.name, node]));
    tables.set(program, table);
  }
  const node = table.get(name);
  if (node === undefined) throw unknownValue(program.name, name, [...table.keys()]);
  return node;
}

/** Nodes of one kind, in program order. */
export function nodesOf<K extends Op>(program: Program, op: K): NodeOf<K>[] {
  return program.nodes.filter((node): node is NodeOf<K> => node.instruction.op === op);
}

/** The output of a name. Throws {@link UserError} `program.unknown-value`. */
export function outputOf(program: Program, name: string): Output {
  const output = program.outputs.find((candidate) => candidate.name === name);
  if (output === undefined)
    throw unknownValue(
      program.name,
      name,
      program.outputs.map((o) => o.name),
    );
  return output;
}

/** How often each value is read, by instructions and as an output. */
export function readsOf(program: Program): Map<Ref, number> {
  const reads = new Map<Ref, number>();
  const all = [
    ...program.nodes.flatMap(({ instruction }) => operands(instruction)),
    ...program.outputs.map(({ value }) => value),
  ];
  for (const ref of all) reads.set(ref, (reads.get(ref) ?? 0) + 1);
  return reads;
}

/** Inputs and parameters: what a run must be given. */
export function feedsOf(program: Program): (NodeOf<'input'> | NodeOf<'parameter'>)[] {
  return program.nodes.filter(
    (node): node is NodeOf<'input'> | NodeOf<'parameter'> =>
      node.instruction.op === 'input' || node.instruction.op === 'parameter',
  );
}
