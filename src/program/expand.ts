/** Replaces calls of named functions by their definitions, for interpreters and rules that do not know them. */

import { argument } from './expressions.ts';
import { namedFunctions } from './functions/index.ts';
import type { InstructionOf } from './instructions.ts';
import type { Program } from './program.ts';
import { Writer } from './writer.ts';

/**
 * The same program with every call that `wanted` accepts written out in primitives, all the way down. Every value of the
 * original keeps its name.
 */
export function expand(program: Program, wanted: (call: InstructionOf<'call'>) => boolean = () => true): Program {
  if (!program.nodes.some(({ instruction }) => instruction.op === 'call' && wanted(instruction))) return program;
  const writer = new Writer(program.name);
  writer.reserve(program.nodes.map((node) => node.name));
  for (const space of program.spaces) writer.space(space);
  for (const { name, instruction } of program.nodes) {
    if (instruction.op === 'call' && wanted(instruction)) {
      const args = instruction.args.map((ref) => writer.value(ref));
      const result = namedFunctions[instruction.name].define(writer, args, instruction);
      writer.write({ op: 'map', expr: argument(0), args: [result.name] }, name);
    } else writer.write(instruction, name);
  }
  for (const { name, value, role } of program.outputs) writer.output(name, writer.value(value), role);
  // A definition may call further functions.
  return expand(writer.finish(), wanted);
}
