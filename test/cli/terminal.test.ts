import { describe, expect, it } from 'vitest';
import { cut, harmless } from '../../src/cli/terminal.ts';

describe('what reaches a terminal', () => {
  it('has no control characters but tabs and line ends', () => {
    expect(harmless('a\u001b[31m\u0007\r\u007f\u009b1m\tb\nc é 字 ±')).toBe(
      'a\\u001b[31m\\u0007\\u000d\\u007f\\u009b1m\tb\nc é 字 ±',
    );
  });

  it('is the same JSON', () => {
    const value = { 'a\u009b': ['\u001b[2J', '\u007f', 'é'] };
    const text = harmless(JSON.stringify(value));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  it('has no endless lines of messages', () => {
    expect(cut(`short\n${'z'.repeat(5000)}\nend`)).toBe(`short\n${'z'.repeat(1000)}…\nend`);
  });
});
