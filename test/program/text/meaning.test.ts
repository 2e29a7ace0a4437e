/** Formulas mean what they say: values of random ones, computed here by hand, and by the oracle from the text. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checked, parseProgram, printProgram, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { expectClose, REORDERED, read } from '../support.ts';

const [BATCH, N] = [2, 3];
const HEAD = `
  fixed batch = ${BATCH}
  width n
  initial x[batch, n]
  initial y[batch, n]
  initial W[n, n'] ~ normal(|n|^-0.5)
  parameter b[n]
`;

/** Numbers on [batch, n] and a formula for them; b has no batch, so it is the same in both rows. */
interface Written {
  readonly text: string;
  readonly value: readonly number[];
}

const draws = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.sin(12.9898 * (seed + k + 1)) * 1.3);
const [X, Y, W, B] = [draws(1, BATCH * N), draws(20, BATCH * N), draws(40, N * N), draws(60, N)];

const leaves: readonly Written[] = [
  { text: 'x', value: X },
  { text: 'y', value: Y },
  { text: 'b', value: [...B, ...B] },
  { text: '0.5', value: Array.from({ length: BATCH * N }, () => 0.5) },
  { text: '-2', value: Array.from({ length: BATCH * N }, () => -2) },
  { text: '|n|^-1', value: Array.from({ length: BATCH * N }, () => 1 / N) },
];

const entries = (make: (row: number, column: number) => number): number[] =>
  Array.from({ length: BATCH * N }, (_, k) => make(Math.floor(k / N), k % N));
const at = ({ value }: Written, row: number, column: number): number => value[row * N + column] ?? Number.NaN;
const sum = (make: (k: number) => number): number =>
  Array.from({ length: N }, (_, k) => make(k)).reduce((total, term) => total + term, 0);

type Rule = (a: Written, b: Written) => Written;
const entrywise =
  (text: (a: string, b: string) => string, apply: (a: number, b: number) => number): Rule =>
  (a, b) => ({ text: text(a.text, b.text), value: entries((r, c) => apply(at(a, r, c), at(b, r, c))) });
/** b + x with x first, so that a value that lacks an axis meets one that has it. */
const full = (a: Written): string => `(0 * x + ${a.text})`;

const rules: readonly Rule[] = [
  entrywise(
    (a, b) => `(${a} + ${b})`,
    (a, b) => a + b,
  ),
  entrywise(
    (a, b) => `(${a} - ${b})`,
    (a, b) => a - b,
  ),
  entrywise(
    (a, b) => `(${a} * ${b})`,
    (a, b) => a * b,
  ),
  entrywise(
    (a, b) => `(${a} / (1 + (${b})^2))`,
    (a, b) => a / (1 + b * b),
  ),
  entrywise(
    (a, b) => `max(${a}, min(${b}, 1))`,
    (a, b) => Math.max(a, Math.min(b, 1)),
  ),
  entrywise(
    (a) => `tanh(${a})`,
    (a) => Math.tanh(a),
  ),
  entrywise(
    (a) => `(-${a})`,
    (a) => -a,
  ),
  (a) => ({ text: `avg${full(a)}`, value: entries((r) => sum((k) => at(a, r, k)) / N) }),
  (a) => ({
    text: `(W @ ${full(a)})`,
    value: entries((r, c) => sum((k) => (W[c * N + k] ?? 0) * at(a, r, k))),
  }),
  (a) => ({
    text: `(W^T @ ${full(a)})`,
    value: entries((r, c) => sum((k) => (W[k * N + c] ?? 0) * at(a, r, k))),
  }),
  // Pairs of coordinates: mean over the second of tanh(aᵢ bⱼ).
  (a, b) => ({
    text: `mean[n'](tanh(${full(a)} * ${full(b)}[n']))`,
    value: entries((r, c) => sum((k) => Math.tanh(at(a, r, c) * at(b, r, k))) / N),
  }),
  (a) => ({
    text: `softmax[n]${full(a)}`,
    value: entries((r, c) => Math.exp(at(a, r, c)) / sum((k) => Math.exp(at(a, r, k)))),
  }),
];

const formulas = fc
  .array(fc.tuple(fc.nat(rules.length - 1), fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 8 })
  .map((steps) => {
    const pool = [...leaves];
    for (const [rule, i, j] of steps) {
      const [a, b] = [pool[i % pool.length], pool[j % pool.length]];
      const next = a === undefined || b === undefined ? undefined : rules[rule]?.(a, b);
      if (next !== undefined) pool.push(next);
    }
    return pool.at(-1) ?? { text: '0', value: [] };
  });

test('random formulas have the values that they say, and their canonical text the same', () => {
  const feeds = {
    x: tensor(['batch', 'n'], [BATCH, N], X),
    y: tensor(['batch', 'n'], [BATCH, N], Y),
    W: tensor(['n', "n'"], [N, N], W),
    b: tensor(['n'], [N], B),
  };
  fc.assert(
    fc.property(formulas, (formula) => {
      const program = checked(parseProgram(`${HEAD}output f = 0 * x + ${formula.text}`));
      const values = interpret(program, feeds, { n: N });
      expectClose(read(values, 'f', ['batch', 'n']).data, formula.value, REORDERED, formula.text);
      const text = printProgram(program);
      const again = parseProgram(text);
      expect(again, text).toEqual(program);
      expect(printProgram(again)).toBe(text);
    }),
    { numRuns: 300, seed: 3, endOnFailure: true },
  );
});
