import { expect, it } from 'vitest';
import { shown } from '../../../src/errors/wording/shown.ts';

it('shows values in a few words', () => {
  const given = [undefined, null, 'half', 'a'.repeat(41), 0.5, [1, 2], { a: 1 }];
  expect(given.map(shown)).toEqual([
    ...['undefined', 'null', '"half"', `"${'a'.repeat(40)}"…`, '0.5', 'a list of 2', 'an object'],
  ]);
});
