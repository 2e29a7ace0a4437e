/** The words of the language and their meanings. */

import { describe, expect, it } from 'vitest';
import { parseProgram, vocabulary } from '../../../src/program/index.ts';
import { functionWords, isFunctionWord } from '../../../src/program/text/names.ts';

/** Programs around the line that a declaration's form is. */
const AROUND: Readonly<Record<string, (line: string) => string>> = {
  program: (line) => `${line}\nno outputs`,
  width: (line) => `${line}\nno outputs`,
  fixed: (line) => `${line}\nno outputs`,
  data: (line) => `fixed batch = 2, input = 3\n${line}\nno outputs`,
  initial: (line) => `width n\n${line}\nno outputs`,
  parameter: (line) => `width n\n${line}\nno outputs`,
  state: (line) => `width n\n${line}\nnext state m = m`,
  output: (line) => `width n\ninitial x[n]\n${line}`,
  next: (line) => `width n\nstate m[n] ~ 0\nspeed = 2 * m\n${line}`,
  no: (line) => `width n\n${line}`,
  keep: (line) => `width n\ninitial x[n]\n${line}\nno outputs`,
};

const ofKind = (wanted: string) => vocabulary.filter(({ kind }) => kind === wanted);

describe('the vocabulary', () => {
  it('has every function once, and no other', () => {
    const words = ofKind('function').map(({ word }) => word);
    expect([...words].sort()).toEqual([...functionWords].sort());
    expect(words.every(isFunctionWord)).toBe(true);
  });

  it('writes each word in its own form, and says what it means', () => {
    for (const { word, form, meaning } of vocabulary) {
      expect(form.startsWith(word), form).toBe(true);
      expect(meaning).not.toBe('');
    }
  });

  it.each(ofKind('declaration'))('$form is a line of a program', ({ word, form }) => {
    const program = AROUND[word] ?? expect.fail(`nothing around ${word}`);
    expect(() => parseProgram(program(form))).not.toThrow();
  });

  it.each(ofKind('law'))('$form is a law', ({ form }) => {
    const { nodes } = parseProgram(`width n\ninitial W[n, n'] ~ ${form}\nno outputs`);
    expect(nodes[0]?.instruction).toMatchObject({ op: 'input', law: { scale: 1 } });
  });
});
