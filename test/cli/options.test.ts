import { describe, expect, it } from 'vitest';
import { seeds } from '../../src/cli/options.ts';

describe('seeds', () => {
  it('are different whole numbers in any order', () => {
    expect(seeds('42, 13,0')).toEqual([42, 13, 0]);
  });

  it.each([
    ['13,21,13', 'Give each seed once; 13 stands more than once.'],
    ['1, 1.0', 'Give each seed once; 1 stands more than once.'],
    ['', 'Give whole numbers separated by commas, such as 13,21,42.'],
    ['1,-2', 'Give whole numbers separated by commas, such as 13,21,42.'],
  ])('are not %j', (text, message) => {
    expect(() => seeds(text)).toThrow(message);
  });
});
