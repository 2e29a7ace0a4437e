/** The matrix that a parameter is to an update of whole matrices. */

import { expect, it } from 'vitest';
import { sidesOf } from '../../src/optimizers/index.ts';

it.each([
  ['a hidden matrix', ['n', "n'"], ['n', "n'"], ['n'], ["n'"]],
  ['queries of all heads', ['head', 'key', 'n'], ['key', 'n'], ['head', 'key'], ['n']],
  ['what follows them', ['n', 'head', 'key'], ['key', 'n'], ['n'], ['head', 'key']],
  ['queries of a model whose sizes are fixed', ['head', 'key', 'n'], [], ['head', 'key'], ['n']],
  ['a convolution', ['n', 'row', 'column', "n'"], ['n', "n'"], ['n'], ['row', 'column', "n'"]],
  ['an embedding', ['vocabulary', 'n'], ['n'], ['vocabulary'], ['n']],
  ['a bias', ['n'], ['n'], ['n'], []],
] as const)('%s', (_, axes, widths, rows, columns) => {
  expect(sidesOf(axes, widths)).toEqual({ rows, columns, apart: [] });
});

it('is one a head where it is told', () => {
  expect(sidesOf(['head', 'key', 'n'], ['key', 'n'], true)).toEqual({ rows: ['key'], columns: ['n'], apart: ['head'] });
  expect(sidesOf(['n', 'head', 'key'], [], true)).toEqual({ rows: ['n'], columns: ['key'], apart: ['head'] });
});
