/**
 * Rewriting: the one way in which a program becomes another by changes to some of its nodes.
 *
 * A pass is a {@link RewriteRule}. It is asked about every node in order, whose operands are those of the new program already,
 * and answers with what becomes of it:
 *
 * - nothing: it stays as it is;
 * - an instruction, which takes its place and name;
 * - a value of the writer, which everything reads in its place from there on.
 *
 * The rule may write further values before it answers, and after the node where it writes that itself. Spaces, names,
 * outputs, and axes recorded in an order of their own stay; the new program is checked as a whole.
 *
 * ```ts
 * import { argument, minimum, parseProgram, printProgram, rewrite } from 'nexort/program';
 *
 * const program = parseProgram('data x\n h = exp(x)\n output f = log(h)', 'example');
 * // What reads h reads it clipped, and h as it was has another name.
 * const clipped = rewrite(program, ({ name, instruction }, writer) => {
 *   if (name !== 'h') return undefined;
 *   const plain = writer.write(instruction, 'plain');
 *   return { op: 'map', expr: minimum(argument(0), 1), args: [plain.name] };
 * });
 * console.log(printProgram(clipped));
 * ```
 */

import { required } from '../errors/index.ts';
import { type Axis, sameAxes } from './axes.ts';
import { checked } from './check.ts';
import type { Expr } from './expressions.ts';
import { infer } from './infer.ts';
import { type Instruction, type Ref, withOperands } from './instructions.ts';
import { type Node, nodeOf, type Program } from './program.ts';
import { type Value, Writer } from './writer.ts';

/** What becomes of a node: itself, an instruction in its place, or a value that stands for it. */
export type RewriteRule = (node: Node, writer: Writer) => Instruction | Value | undefined;

/** The value of the new program that stands for one of the old. */
export type Moved = (ref: Ref) => Value;

/** What `rewrite` does besides its rule: the new name, and what is written at the end. */
export interface RewriteOptions {
  /** The new program's name; default the old one's. */
  readonly name?: string;
  /** Writes and hands out more, after everything else. */
  readonly end?: (writer: Writer, moved: Moved) => void;
}

/**
 * The program that a rule makes of another. Values that get no name are not called like any of the old program.
 * Throws {@link UserError} `program.mismatch` where the rule makes what is not well formed, and whatever it throws.
 */
export function rewrite(
  program: Program,
  rule: RewriteRule,
  { name = program.name, end }: RewriteOptions = {},
): Program {
  const writer = new Writer(name);
  writer.reserve(program.nodes.map((node) => node.name));
  const moved = copyInto(writer, program, rule);
  for (const output of program.outputs) writer.output(output.name, moved(output.value), output.role);
  end?.(writer, moved);
  return checked(writer.finish());
}

/** The program, and what is written and handed out after it. */
export function extend(program: Program, end: (writer: Writer) => void, name?: string): Program {
  return rewrite(program, () => undefined, { ...(name === undefined ? {} : { name }), end });
}

/** Copies spaces and nodes through a rule to where a writer is, under their own names or others. */
export function copyInto(
  writer: Writer,
  program: Program,
  rule: RewriteRule,
  named = (name: string): string => name,
): Moved {
  for (const space of program.spaces) writer.space(space);
  const values = new Map<Ref, Value>();
  const moved: Moved = (ref) => required(values.get(ref), `value for "${ref}" in the rewritten program`);
  const recorded = recordedAxes(program);
  for (const node of program.nodes) {
    const { name } = node;
    const instruction = withOperands(node.instruction, (ref) => moved(ref).name);
    const made = rule({ ...node, instruction }, writer) ?? instruction;
    if ('op' in made) {
      const axes = recorded(node);
      const fits = axes !== undefined && sameAxes(writer.infer(made).type.axes, axes);
      values.set(name, writer.write(made, named(name), fits ? axes : undefined));
    } else values.set(name, made);
  }
  return moved;
}

/** The axes of a node where they have another order than its instruction gives. */
function recordedAxes(program: Program): (node: Node) => readonly Axis[] | undefined {
  const spaces = new Map(program.spaces.map((space) => [space.name, space]));
  const scope = {
    space: (name: string) => spaces.get(name),
    type: (ref: Ref) => nodeOf(program, ref).type,
    isParameter: () => false,
  };
  return ({ instruction, type }) => {
    const { axes } = infer(instruction, scope, []);
    return axes.every((axis, k) => axis === type.axes[k]) ? undefined : type.axes;
  };
}

/**
 * The answer of a rule that applies a map to a value: the value stays under its name and some words, `before`, and the
 * map, in which it is argument 0 and `args` follow, takes its place.
 */
export function mapped(
  { name, instruction }: Node,
  writer: Writer,
  { expr, before, args = [] }: { readonly expr: Expr; readonly before: string; readonly args?: readonly Value[] },
): Instruction {
  const plain = writer.write(instruction, writer.free(`${name} ${before}`));
  return { op: 'map', expr, args: [plain, ...args].map((value) => value.name) };
}
