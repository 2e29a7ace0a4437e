/**
 * Cuts a program in two at some inputs: what does not depend on them, and what does. Run one after the other they are the
 * whole. Cut at the seeds of a differentiated program, the first part is the forward pass together with everything that
 * the backward pass will ask of it.
 */

import { type Instruction, operands } from './instructions.ts';
import type { Node, Output, Program } from './program.ts';
import { simplify } from './simplify.ts';

/** A program cut in two: run one after the other they are the whole. */
export interface Split {
  /** The outputs that do not depend on the inputs, and {@link kept} ones. */
  readonly before: Program;
  /** The other outputs; its inputs are the program's own and {@link kept} ones. */
  readonly after: Program;
  /** Names under which `before` hands values out and `after` takes them. */
  readonly kept: readonly string[];
}

/** Cuts at the inputs of these names. */
export function splitAt(program: Program, ...inputs: readonly string[]): Split {
  const late = new Set(inputs);
  for (const { name, instruction } of program.nodes) {
    if (operands(instruction).some((ref) => late.has(ref))) late.add(name);
  }
  const isGiven = ({ op }: Instruction): boolean => op === 'input' || op === 'parameter' || op === 'constant';
  const read = new Set(
    program.nodes.filter(({ name }) => late.has(name)).flatMap(({ instruction }) => operands(instruction)),
  );
  const cut = program.nodes.filter(
    ({ name, instruction }) => !late.has(name) && read.has(name) && !isGiven(instruction),
  );
  const handed = cut.map(({ name }): Output => ({ name, value: name, role: 'data' }));
  const taken = new Set(cut.map(({ name }) => name));
  const before = needed({
    ...program,
    name: `${program.name}, first part`,
    nodes: program.nodes.filter(({ name }) => !late.has(name)),
    outputs: [...program.outputs.filter(({ value }) => !late.has(value)), ...handed],
  });
  const after = needed({
    ...program,
    name: `${program.name}, second part`,
    nodes: program.nodes.map((node) => (taken.has(node.name) ? asInput(node) : node)),
    outputs: program.outputs.filter(({ value }) => late.has(value)),
  });
  return { before, after, kept: [...taken] };
}

/** A value that is given from outside. */
function asInput({ name, type }: Node): Node {
  return { name, type, instruction: { op: 'input', role: 'data', type } };
}

/** Without instructions and inputs that no output depends on. */
function needed(program: Program): Program {
  const live = new Set(program.outputs.map(({ value }) => value));
  for (const { name, instruction } of [...program.nodes].reverse()) {
    if (live.has(name)) for (const ref of operands(instruction)) live.add(ref);
  }
  return simplify({ ...program, nodes: program.nodes.filter(({ name }) => live.has(name)) });
}
