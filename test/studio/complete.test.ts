/** Completion in the editor, files of one's own, and formulas of the pages. */

import { describe, expect, it } from 'vitest';
import { made } from '../../studio/formulas.ts';
import { TEX } from '../../studio/src/formulas/tex.ts';
import { choicesAt } from '../../studio/src/program/complete.ts';
import { readFile } from '../../studio/src/program/files.ts';

/** Choices at the mark `|` of a text, by kind. */
function choices(marked: string) {
  const position = marked.indexOf('¦');
  return choicesAt(marked.replace('¦', ''), position);
}
const labels = (marked: string): string[] => choices(marked)?.choices.map(({ label }) => label) ?? [];

const HEAD = `program two  # words
  width n, wide = 4 n
  fixed batch = 2
  data x[batch]
  initial W[n, n'] ~ normal(|n|^-0.5)
  state m[n] ~ 0
  keep y = tanh(x)
`;

describe('completion', () => {
  it('offers declarations where a line begins', () => {
    const found = choices(`${HEAD}  in¦`);
    expect(found?.from).toBe(HEAD.length + 2);
    expect(found?.choices.map(({ label }) => label)).toContain('initial');
    expect(found?.choices.every(({ kind }) => kind === 'declaration')).toBe(true);
  });

  it('offers names that are defined above, and functions with their meaning, in formulas', () => {
    const found = choices(`${HEAD}  z = W @ ¦\n  later = 1`)?.choices ?? [];
    const values = found.filter(({ kind }) => kind === 'value').map(({ label }) => label);
    expect(values).toEqual(['x', 'W', 'm', 'y']);
    expect(found.find(({ label }) => label === 'W')).toMatchObject({
      form: "initial W[n, n'] ~ normal(|n|^-0.5)",
      meaning: 'line 5',
    });
    expect(found.find(({ label }) => label === 'softmax')).toMatchObject({
      apply: 'softmax[',
      form: 'softmax[time](x)',
    });
    expect(found.find(({ label }) => label === 'relu')).toMatchObject({ apply: 'relu(', meaning: 'max(x, 0)' });
  });

  it('offers axes in brackets and between bars, laws behind ~, states behind next', () => {
    expect(labels(`${HEAD}  z = mean[¦`)).toEqual(['n', 'wide', 'batch']);
    expect(labels(`${HEAD}  z = 2 * |¦`)).toEqual(['n', 'wide', 'batch']);
    expect(labels(`${HEAD}  z = x[batch = ¦`)).toEqual(['n', 'wide', 'batch', 'x', 'W', 'm', 'y']);
    expect(labels(`${HEAD}  initial v[n] ~ ¦`)).toEqual(['normal', 'rademacher']);
    expect(labels(`${HEAD}  next ¦`)).toEqual(['state']);
    expect(labels(`${HEAD}  next state ¦`)).toEqual(['m']);
  });

  it('is silent in comments, numbers, and names that a line declares', () => {
    for (const marked of [
      `${HEAD}  # in¦`,
      `${HEAD}  z = 1.¦`,
      `${HEAD}  z = 2e¦`,
      `${HEAD}  initial v¦`,
      'program tw¦',
    ])
      expect(choices(marked), marked).toBeUndefined();
  });
});

describe('a file of one’s own', () => {
  const file = (name: string, bytes: Uint8Array<ArrayBuffer>, size = bytes.length) => ({
    name,
    size,
    arrayBuffer: async () => bytes.buffer,
  });

  it('is read where it is text', async () => {
    expect(await readFile(file('own.nex', new TextEncoder().encode('width n')))).toEqual({ text: 'width n' });
  });

  it('is refused where it is none, or too large, with the reason', async () => {
    expect((await readFile(file('a.png', Uint8Array.of(0x89, 0x50)))).problem).toMatch(
      /^a\.png: It is no text in UTF-8/,
    );
    expect((await readFile(file('b.bin', Uint8Array.of(65, 0)))).problem).toMatch(/^b\.bin: It is no text;/);
    expect((await readFile(file('c.nex', new Uint8Array(), 200_000_000))).problem).toMatch(/^c\.nex: It has 200 MB/);
  });
});

describe('formulas', () => {
  it.each(Object.entries(TEX))('%s is MathML without styles of its own, and says what it says', (_, written) => {
    const { math, says, source } = made(written);
    expect(math).toMatch(/^<math alttext="[^"<>&]+" display="block"/);
    expect(math).not.toMatch(/ style=|<merror|<script/i);
    expect(math.match(/<mrow/g)?.length).toBe(math.match(/<\/mrow>/g)?.length);
    expect(says).not.toBe('');
    expect(source).toMatch(/^IVb \d/);
    const parts = [...written.tex.matchAll(/\\class\{(part-\w+)\}/g)].map(([, part = '']) => part);
    for (const part of parts) expect(math).toContain(`class="${part}"`);
  });
});
