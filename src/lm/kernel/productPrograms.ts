/** Programs of products of gradients, and what they are written with. */

import { type Axis, type Program, Writer } from '../../program/index.ts';

/** A program, and the orders of its outputs. */
export interface ProductProgram {
  readonly program: Program;
  readonly orders: Readonly<Record<string, readonly Axis[]>>;
}

/** Inner products of the rows of `left` and `right`. */
export const gram = gramProgram();

function gramProgram(): Program {
  const writer = new Writer('gram');
  for (const name of ['row', 'column', 'entry']) symbolSpace(writer, name);
  const left = realInput(writer, 'left', ['row', 'entry']);
  writer.output('product', writer.contract(left, realInput(writer, 'right', ['column', 'entry']), ['entry']));
  return writer.finish();
}

/** A fixed axis whose size has its name. */
export function symbolSpace(writer: Writer, name: string): Axis {
  writer.space({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
  return name;
}

/** Real data on axes. */
export function realInput(writer: Writer, name: string, axes: readonly Axis[]) {
  return writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
}
