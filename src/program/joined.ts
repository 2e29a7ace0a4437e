/** Replaces concatenations by sums of padded values, for readings that weigh every operand by its power of a width. */

import { required } from '../errors/index.ts';
import { add, argument, type Expr } from './expressions.ts';
import { nodesOf, type Program } from './program.ts';
import { startOfOperand } from './rearranging.ts';
import { rewrite } from './rewrite.ts';

/** The same program with every concatenation as the sum of its operands, each with zeros where the others stand. */
export function withoutConcat(program: Program): Program {
  if (nodesOf(program, 'concat').length === 0) return program;
  return rewrite(program, ({ name, instruction }, writer) => {
    if (instruction.op !== 'concat') return undefined;
    const { args, axes, into } = instruction;
    const padded = axes.map((axis, k) => {
      const value = writer.value(required(args[k], `operand ${k + 1} of "${name}"`));
      return writer.pad(value, axis, into, startOfOperand(instruction, k));
    });
    const sum = padded.slice(1).reduce<Expr>((total, _, k) => add(total, argument(k + 1)), argument(0));
    return { op: 'map', expr: sum, args: padded.map((value) => value.name) };
  });
}
