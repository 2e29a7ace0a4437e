import { describe, expect, it } from 'vitest';
import { alternatives, list, quoted } from '../../src/lm/wording.ts';

describe('wording', () => {
  it('lists names, the first dozen of many', () => {
    expect(list([])).toBe('nothing');
    expect(list(['a', 'b'])).toBe('a, b');
    expect(list(Array.from({ length: 14 }, (_, i) => `${i}`))).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more');
  });

  it('joins alternatives', () => {
    expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(alternatives)).toEqual(['a', 'a or b', 'a, b or c']);
  });

  it('quotes with what does not print as its code, and cuts long texts', () => {
    expect(quoted('é \u00A0\n日\u{E0001}😀')).toBe('"é \\u{A0}\\u{A}日\\u{E0001}😀"');
    expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
    expect(quoted('😀'.repeat(61))).toBe(`"${'😀'.repeat(60)}…"`);
  });
});
