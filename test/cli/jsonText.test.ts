import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseJson } from '../../src/cli/jsonText.ts';
import { failureOf } from '../support/failure.ts';

describe('JSON that people write', () => {
  it.each([
    [
      '{\n  "a": [0, 0, 1],\n  "b": [0, }\n}',
      '3:12: this is no JSON: found "}"; expected a number, a text in quotes, a list or an object',
    ],
    ['{"a": 1,}', '1:9: this is no JSON: found "}"; expected a name in quotes'],
    ['{"a" 1}', '1:6: this is no JSON: found "1"; expected ":"'],
    ['[1 2]', '1:4: this is no JSON: found "2"; expected "," or "]"'],
    ['[1]\n]', '2:1: this is no JSON: found "]"; expected nothing more'],
    ['{\n  "a": [0', '2:10: this is no JSON: the text ends; expected "," or "]"'],
    ['', '1:1: this is no JSON: the text ends; expected a number, a text in quotes, a list or an object'],
    ['{a: 1}', '1:2: this is no JSON: found "a"; expected a name in quotes'],
    ['[1/2]', '1:3: this is no JSON: found "/"; expected "," or "]"'],
    ['[01]', '1:2: '],
    ["['x']", '1:2: '],
    ['{"a": "x\ny"}', '1:7: '],
    ['{"a": [1, 1e400]}', ' "a[1]" is a number beyond 1.8e308, which no number here can be.'],
    ['{"a": {"b": -1e999}}', ' "a.b" is a number beyond'],
    ['1e400', ' it is a number beyond'],
  ])('%j is refused with its place', async (text, message) => {
    const { code, message: said } = await failureOf(() => parseJson(text, 'file.json'));
    expect(code).toBe('cli.malformed-json');
    expect(said.startsWith(`file.json:${message}`), said).toBe(true);
  });

  test('is read as it is, and refused somewhere within it where it is broken', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json(),
        fc.nat(),
        fc.constantFrom('}', ',', '"', 'x', '\\', ':', '1', ' '),
        async (text, at, broken) => {
          expect(parseJson(text, 'f')).toEqual(JSON.parse(text));
          const place = at % (text.length + 1);
          const other = text.slice(0, place) + broken + text.slice(place);
          try {
            JSON.parse(other);
          } catch {
            const { code, message } = await failureOf(() => parseJson(other, 'f'));
            expect(code).toBe('cli.malformed-json');
            expect(message).not.toContain('expected JSON');
          }
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});
