/** Replaces concatenations by sums of padded values, for readings that weigh every operand by its power of a width. */

import { required } from '../errors/index.ts';
import { add, argument, type Expr } from './expressions.ts';
import type { Program } from './program.ts';
import { startOfOperand } from './rearranging.ts';
import { Writer } from './writer.ts';

/** The same program with every concatenation as the sum of its operands, each with zeros where the others stand. */
export function withoutConcat(program: Program): Program {
  if (!program.nodes.some(({ instruction }) => instruction.op === 'concat')) return program;
  const writer = new Writer(program.name);
  writer.reserve(program.nodes.map((node) => node.name));
  for (const space of program.spaces) writer.space(space);
  for (const { name, instruction, type } of program.nodes) {
    if (instruction.op === 'concat') {
      const { args, axes, into } = instruction;
      const padded = axes.map((axis, k) =>
        writer.pad(
          writer.value(required(args[k], `operand ${k + 1} of "${name}"`)),
          axis,
          into,
          startOfOperand(instruction, k),
        ),
      );
      const sum = padded.slice(1).reduce<Expr>((total, _, k) => add(total, argument(k + 1)), argument(0));
      writer.write({ op: 'map', expr: sum, args: padded.map((value) => value.name) }, name, type.axes);
    } else writer.write(instruction, name, type.axes);
  }
  for (const { name, value, role } of program.outputs) writer.output(name, writer.value(value), role);
  return writer.finish();
}
