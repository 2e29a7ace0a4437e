/**
 * Which columns of a program meet entry by entry, such as all those of one layer.
 *
 * A product with a matrix gives a column whose randomness is the matrix's own: x of W x meets columns along the second
 * axis of W, the product those along the first. So means are always over functions of columns of one group, and each
 * group has a quasi-random sequence of its own, of whose dimensions the first are the best.
 */

import { type Axis, type Instruction, operands, type Program } from '../program/index.ts';

/** The group of what a node draws along one of its width axes, a name that programs of the same inputs have in common. */
export type EntrywiseGroups = (node: string, axis: Axis) => string;

/** The groups of a program. */
export function entrywiseGroups(program: Program, isWidth: (axis: Axis) => boolean): EntrywiseGroups {
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    const parent = parents.get(key);
    if (parent === undefined) return key;
    const found = root(parent);
    parents.set(key, found);
    return found;
  };
  const axesOf = new Map(program.nodes.map(({ name, type }) => [name, type.axes.filter(isWidth)]));
  // Groups have the name of what comes first in the program.
  const places = new Map(program.nodes.map(({ name }, place) => [name, place]));
  const first = (key: string): number => places.get(key.slice(0, key.lastIndexOf(' '))) ?? places.size;
  const meet = (left: string, right: string): void => {
    const [a, b] = [root(left), root(right)];
    if (a !== b) parents.set(first(a) < first(b) ? b : a, first(a) < first(b) ? a : b);
  };
  for (const { name, instruction } of program.nodes)
    for (const ref of operands(instruction))
      for (const axis of axesOf.get(ref) ?? [])
        meet(memberKey(ref, axis), memberKey(name, renamedAxis(instruction, axis)));
  for (const { name, value, role } of program.outputs)
    if (role === 'state')
      for (const axis of axesOf.get(value) ?? []) meet(memberKey(name, axis), memberKey(value, axis));
  return (node, axis) => root(memberKey(node, axis));
}

const memberKey = (node: string, axis: Axis): string => `${node} ${axis}`;

/** What an operand's axis is called in the result; one that is summed over keeps its name. */
function renamedAxis(instruction: Instruction, axis: Axis): Axis {
  if (instruction.op !== 'rename') return axis;
  return instruction.axes.find(([from]) => from === axis)?.[1] ?? axis;
}
