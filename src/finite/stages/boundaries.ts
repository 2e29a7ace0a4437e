/**
 * What crosses from one stage of a chain to the next: values that stages hand on, to the next stage or past it.
 *
 * The cut k lies before stage k. Alive there is what a stage before it hands out and a stage from k on reads, up to the
 * next output of that name (stages.ts of the program room). So whoever holds what is alive at a cut can go on from there,
 * whatever lies behind; a value that a stage does not read is alive on both of its sides.
 */

import { type Axis, type Chain, nodeOf, nodesOf, outputOf, type Program, without } from '../../program/index.ts';

/** A value at a cut, and the order of axes in which it is handed over: the kept axis first, where it has that. */
export interface Boundary {
  readonly name: string;
  readonly axes: readonly Axis[];
}

/** What is alive at each cut, in the order of its making: nothing at the first, and nothing after the last stage. */
export function cutsOf(chain: Chain, keep: Axis): readonly (readonly Boundary[])[] {
  const { stages } = chain;
  const wanted: Set<string>[] = [new Set()];
  for (const { program } of [...stages].reverse()) {
    const [after = new Set<string>()] = wanted;
    const before = new Set([...after].filter((name) => !hands(program, name)));
    for (const { name } of nodesOf(program, 'input')) before.add(name);
    wanted.unshift(before);
  }
  const made = new Map<string, readonly Axis[]>();
  return wanted.map((names, k) => {
    const program = stages[k - 1]?.program;
    for (const { name, value } of program?.outputs ?? []) {
      made.delete(name);
      if (program !== undefined) made.set(name, keptFirst(nodeOf(program, value).type.axes, keep));
    }
    return [...made].filter(([name]) => names.has(name)).map(([name, axes]) => ({ name, axes }));
  });
}

/** Whether a program has an output of a name. */
export function hands(program: Program, name: string): boolean {
  return program.outputs.some((output) => output.name === name);
}

/** Whether a program has an input of a name. */
export function reads(program: Program, name: string): boolean {
  return nodesOf(program, 'input').some((input) => input.name === name);
}

/** The stages up to the last one that hands an output out. Throws {@link UserError} `program.unknown-value`. */
export function upTo(chain: Chain, output: string): Chain {
  const last = chain.stages.findLastIndex(({ program }) => hands(program, output));
  const top = chain.stages.at(last);
  if (last < 0 && top !== undefined) outputOf(top.program, output);
  return { ...chain, stages: chain.stages.slice(0, last + 1) };
}

/** Axes with the kept one first. */
export function keptFirst(axes: readonly Axis[], keep: Axis): readonly Axis[] {
  return axes.includes(keep) ? [keep, ...without(axes, [keep])] : axes;
}

/** The order in which the cotangent of a value is handed over: for each example, and for each that rides along. */
export function cotangentAxes(axes: readonly Axis[], keep: Axis, ride: Axis): readonly Axis[] {
  return [keep, ride, ...without(axes, [keep])];
}
