import { describe, expect, it } from 'vitest';
import { analyze, checkFragment, type Form, parseProgram, ZERO } from '../../../src/program/index.ts';

const TEXT = `
  width n
  initial x[n] ~ normal(1)
  state w[n] ~ normal(1)
  next state w = w + |n|^-1 * x
  output f = avg(w * x)`;

const plain: Form = { kind: 'plain', exponent: ZERO };

describe('an analysis', () => {
  it('is made once for a program and the forms of its state', () => {
    const program = parseProgram(TEXT);
    const first = analyze(program);
    expect(analyze(program, new Map())).toBe(first);
    expect(analyze(program, new Map([['elsewhere', plain]]))).toBe(first);
    const later = analyze(program, first.state);
    expect(later).not.toBe(first);
    expect(analyze(program, new Map(first.state))).toBe(later);
    checkFragment(program);
    expect(analyze(program)).toBe(first);
  });

  it("is another one's for another program of the same text", () => {
    const [one, other] = [analyze(parseProgram(TEXT)), analyze(parseProgram(TEXT))];
    expect(other).not.toBe(one);
    expect(other).toEqual({ ...one, widths: expect.anything() });
  });
});
