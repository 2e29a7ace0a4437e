/** Kernels of vectors that are at hand in full. */

import { build, fixed, type Program } from '../program/index.ts';

/** Inner products of the rows of `left` and `right`, as a program. */
export const gram = gramProgram();

function gramProgram(): Program {
  const b = build('gram', { row: fixed(), column: fixed(), entry: fixed() });
  const left = b.input('left', ['row', 'entry']);
  b.output('product', b.contract(left, b.input('right', ['column', 'entry']), ['entry']));
  return b.finish();
}
