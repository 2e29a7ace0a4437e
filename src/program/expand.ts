/** Replaces calls of named functions by their definitions, for interpreters and rules that do not know them. */

import { argument } from './expressions.ts';
import { namedFunctions } from './functions/index.ts';
import type { InstructionOf } from './instructions.ts';
import type { Program } from './program.ts';
import { rewrite } from './rewrite.ts';

/**
 * The same program with every call that `wanted` accepts written out in primitives, all the way down. Every value of the
 * original keeps its name.
 */
export function expand(program: Program, wanted: (call: InstructionOf<'call'>) => boolean = () => true): Program {
  if (!program.nodes.some(({ instruction }) => instruction.op === 'call' && wanted(instruction))) return program;
  const primitive = rewrite(program, ({ instruction }, writer) => {
    if (instruction.op !== 'call' || !wanted(instruction)) return undefined;
    const args = instruction.args.map((ref) => writer.value(ref));
    const result = namedFunctions[instruction.name].define(writer, args, instruction);
    return { op: 'map', expr: argument(0), args: [result.name] };
  });
  // A definition may call further functions.
  return expand(primitive, wanted);
}
