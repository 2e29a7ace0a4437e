/**
 * Parameters that are never trained, for their derivatives end at a function that has none: `sign` and `step` are constant
 * but where they jump.
 */

import { differentiate, flatFunctions } from './derivatives.ts';
import { operands, type Ref } from './instructions.ts';
import type { Node, Program } from './program.ts';
import type { UnaryName } from './unary.ts';

/** A map that reads what bears on it through `sign` or `step`. */
export interface FlatMap {
  /** The map's value. */
  readonly value: Ref;
  readonly functions: readonly UnaryName[];
}

/** A parameter without a gradient, for all ways from it to the output lead through such maps, and the first of each way. */
export interface FlatGradient {
  readonly parameter: string;
  readonly through: readonly FlatMap[];
}

/** Of parameters that no cotangent reaches those from which a way leads through such a map to a differentiated value. */
export function flatGradients(
  program: Program,
  parameters: readonly string[],
  tops: readonly Ref[],
): readonly FlatGradient[] {
  if (parameters.length === 0) return [];
  const needed = new Set(tops);
  for (const { name, instruction } of [...program.nodes].reverse())
    if (needed.has(name)) for (const ref of operands(instruction)) needed.add(ref);
  return parameters.flatMap((parameter): FlatGradient[] => {
    const borneOn = new Set([parameter]);
    const through: FlatMap[] = [];
    for (const node of program.nodes) {
      const read = operands(node.instruction).filter((ref) => needed.has(node.name) && borneOn.has(ref));
      if (read.length === 0) continue;
      if (read.some((ref) => passes(node, ref))) borneOn.add(node.name);
      const functions = [...new Set(read.flatMap((ref) => endsAt(node, ref)))];
      if (functions.length > 0) through.push({ value: node.name, functions });
    }
    return through.length === 0 ? [] : [{ parameter, through }];
  });
}

/** The places of a map's operand at which it does not change where the operand does. */
function constantIn({ instruction }: Node, ref: Ref): readonly number[] {
  if (instruction.op !== 'map') return [];
  const { expr, args } = instruction;
  return args.flatMap((arg, k) => {
    if (arg !== ref) return [];
    const slope = differentiate(expr, k);
    return slope.op === 'constant' && slope.value === 0 ? [k] : [];
  });
}

/** Whether a cotangent of a value reaches its operand. */
function passes(node: Node, ref: Ref): boolean {
  return constantIn(node, ref).length < operands(node.instruction).filter((arg) => arg === ref).length;
}

/** The functions at which it ends. */
function endsAt(node: Node, ref: Ref): readonly UnaryName[] {
  const { instruction } = node;
  return instruction.op === 'map' ? constantIn(node, ref).flatMap((k) => flatFunctions(instruction.expr, k)) : [];
}
