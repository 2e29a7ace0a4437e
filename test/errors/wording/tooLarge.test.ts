import { describe, expect, it } from 'vitest';
import { tooLarge } from '../../../src/errors/wording/index.ts';

describe('a number of JSON that is too large', () => {
  it.each([
    ['{"a": {"b": [1, {"c": 1e400}]}}', 'a.b[1].c'],
    ['[0, -1e309, 1e310]', '[1]'],
    ['1e400', ''],
    ['{"a": [1e308, null, "1e400", true], "b": {}}', undefined],
  ])('of %s is found', (text, where) => {
    expect(tooLarge(JSON.parse(text))).toBe(where);
  });

  it('is found however deep it lies', () => {
    const depth = 100_000;
    let value: unknown = Number.POSITIVE_INFINITY;
    for (let k = 0; k < depth; k++) value = [value];
    expect(tooLarge(value)).toHaveLength(3 * depth);
  });
});
