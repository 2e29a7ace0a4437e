/** All pairs of dimensions of the table of Sobol points; the fast suite counts points of some. */

import { expect, test } from 'vitest';
import { PAIR_QUALITY, SOBOL_CHOICES } from '../../src/numeric/sobolTable.ts';
import { worstQuality } from './sobolSearch.ts';

test('qualities of pairs are what the table claims', () => {
  const parts = PAIR_QUALITY.map(({ dimensions }) => dimensions);
  expect(worstQuality(SOBOL_CHOICES, parts)).toEqual(PAIR_QUALITY);
});
