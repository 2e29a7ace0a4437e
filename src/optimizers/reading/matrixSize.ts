/** How large the update of a whole matrix is: the power of n of its entries, which its program tells. */

import { analyze, type Exponent, entryExponent, type Space } from '../../program/index.ts';
import type { Optimizer } from '../optimizer.ts';
import type { Settings } from '../settings.ts';
import { updateProgram } from '../updateProgram.ts';

const WIDTH: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };

/**
 * The exponent of the entries of the update of an n × n matrix whose gradients are of order 1 and of few columns; undefined for
 * optimizers entry by entry. Throws {@link UserError} `optimizers.settings`.
 */
export function matrixUpdateSize(optimizer: Optimizer, settings: Settings = {}): Exponent | undefined {
  if (Object.values(optimizer.formulas).every(({ matrix }) => matrix === undefined)) return undefined;
  const program = updateProgram(optimizer, { axes: ['n', "n'"], spaces: [WIDTH] }, { settings });
  const { forms } = analyze(program);
  const form = forms.get('update');
  return form === undefined ? undefined : entryExponent(form);
}
