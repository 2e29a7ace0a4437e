/**
 * Softmax and logSumExp over a width as the limit reads them: e^x / Σ e^x and ln Σ e^x. The maximum that their definitions
 * subtract changes nothing but the range of floating point, and has no limit itself.
 *
 * What is left is an OuterNonlin with averages (IVb 2.6.1).
 */

import { spaceOf } from '../axes.ts';
import { argument, div, unary } from '../expressions.ts';
import type { Program } from '../program.ts';
import { rewrite } from '../rewrite.ts';

/** The program with those calls written out; itself where it has none. */
export function withoutMaximum(program: Program): Program {
  const wide = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const isWanted = (name: string, over: readonly string[]): boolean =>
    (name === 'softmax' || name === 'logSumExp') && over.some((axis) => wide.has(spaceOf(axis)));
  if (
    !program.nodes.some(({ instruction }) => instruction.op === 'call' && isWanted(instruction.name, instruction.over))
  )
    return program;
  return rewrite(program, ({ instruction }, writer) => {
    if (instruction.op !== 'call' || !isWanted(instruction.name, instruction.over)) return undefined;
    const input = instruction.args.map((ref) => writer.value(ref));
    const exponential = writer.map(unary('exp', argument(0)), input);
    const total = writer.reduce('sum', exponential, instruction.over);
    if (instruction.name === 'logSumExp') return { op: 'map', expr: unary('log', argument(0)), args: [total.name] };
    return { op: 'map', expr: div(argument(0), argument(1)), args: [exponential.name, total.name] };
  });
}
