/**
 * Parameters read where they lie. A formula of the language reads a parameter by its product with a constant 1, so that
 * gradients are factors; nothing is differentiated here any more, and kernels need no copy of what stays as it is.
 */

import { nodeOf, type Program, type Ref, withOperands } from '../program/index.ts';

/**
 * The program without products of a parameter and 1: others read the parameter itself. For this engine alone: the language
 * has no maps of parameters, so that no writer rewrites to them.
 */
export function bareParameters(program: Program): Program {
  const bare = new Map<Ref, Ref>();
  for (const { name, instruction } of program.nodes) {
    if (instruction.op !== 'contract' || instruction.over.length > 0) continue;
    const [left, right] = instruction.args;
    if (isParameter(program, left) && isOne(program, right)) bare.set(name, left);
    if (isParameter(program, right) && isOne(program, left)) bare.set(name, right);
  }
  const at = (ref: Ref): Ref => bare.get(ref) ?? ref;
  return {
    ...program,
    nodes: program.nodes
      .filter(({ name }) => !bare.has(name))
      .map((node) => ({ ...node, instruction: withOperands(node.instruction, at) })),
    outputs: program.outputs.map((output) => ({ ...output, value: at(output.value) })),
  };
}

const isParameter = (program: Program, ref: Ref): boolean => nodeOf(program, ref).instruction.op === 'parameter';

function isOne(program: Program, ref: Ref): boolean {
  const { instruction, type } = nodeOf(program, ref);
  return instruction.op === 'constant' && type.axes.length === 0 && instruction.values[0] === 1;
}
