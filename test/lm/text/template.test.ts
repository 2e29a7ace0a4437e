import { describe, expect, it } from 'vitest';
import { parseTemplate, plainTemplate } from '../../../src/lm/text/template.ts';
import { failureOf } from '../../support/failure.ts';

describe('parseTemplate', () => {
  it('splits a prompt into pieces that are tokenized alone', () => {
    expect(parseTemplate('{a}_It was{m}.').pieces).toEqual([
      { kind: 'first', spaced: false },
      { kind: 'literal', text: ' It was' },
      { kind: 'mask' },
      { kind: 'literal', text: '.' },
    ]);
  });

  it('gives a space to the text that follows it', () => {
    expect(parseTemplate('{a}?{m},_{b}', { drop: true, lower: true })).toEqual({
      source: '{a}?{m},_{b}',
      pieces: [
        { kind: 'first', spaced: false },
        { kind: 'literal', text: '?' },
        { kind: 'mask' },
        { kind: 'literal', text: ',' },
        { kind: 'second', spaced: true },
      ],
      drop: true,
      lower: true,
    });
    expect(parseTemplate('{m}_{a}').pieces).toEqual([{ kind: 'mask' }, { kind: 'first', spaced: true }]);
  });

  it('lists every problem', async () => {
    expect(await failureOf(() => parseTemplate('{b}{x}{b}_It is_{m}_{m}_'))).toMatchObject({
      code: 'lm.bad-template',
      message: [
        "The prompt '{b}{x}{b}_It is_{m}_{m}_' is not usable:",
        "  - '{x}' is neither {a}, {b} nor {m}",
        "  - the space at the end of '_It is_' has no next token",
        "  - the space at the end of '_' has no next token",
        "  - the space at the end of '_' has no next token",
        '  - such spaces left out, it is "{b}{x}{b}_It is{m}{m}"',
        '  - {a} stands 0 times; expected once',
        '  - {b} stands 2 times; expected at most once',
        '  - {m} stands 2 times; expected once',
        "Example: '{a}_It was{m}.' with {a}, {b} for the texts, {m} for the mask, _ for a space.",
      ].join('\n'),
    });
    expect((await failureOf(() => parseTemplate('{a {m}'))).message).toContain("'{a ' is neither {a}, {b} nor {m}");
  });
});

describe('plainTemplate', () => {
  it('has one separator between two texts', () => {
    expect(plainTemplate(false).pieces.map(({ kind }) => kind)).toEqual(['first']);
    expect(plainTemplate(true).pieces.map(({ kind }) => kind)).toEqual(['first', 'separator', 'second']);
  });
});
