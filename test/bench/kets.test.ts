/** What the kets bench runs, and how its options are read. */

import { describe, expect, it, test } from 'vitest';
import { scalarNames, scalarsOf, sizesAt, trainedNumbers } from '../../bench/kets/entries.ts';
import { fourInputs, manyInputs } from '../../bench/kets/workloads.ts';
import { atLeast, someOf } from '../../bench/options.ts';
import { at, drawInitial, draws } from '../../src/numeric/index.ts';
import { checkFragment, nodeOf, parseProgram, type Tensors } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';

describe('the workloads', () => {
  it('list their scalar outputs entry by entry and count what they train', async () => {
    const { text, steps } = await fourInputs();
    const program = parseProgram(text);
    expect(steps).toBe(8);
    expect(scalarNames(program, 16)).toEqual(['f[0]', 'f[1]', 'f[2]', 'f[3]', 'loss']);
    expect(trainedNumbers(program, 16)).toBe(16 * 6 + 16 * 16 + 16);
    expect(scalarNames(parseProgram(manyInputs().text), 16)).toHaveLength(33);
  });

  it('with many inputs trains as plain loops over the formulas of the prototype do', async () => {
    const { text, steps } = manyInputs();
    const program = parseProgram(text);
    expect(checkFragment(program).inFragment).toBe(true);
    const [n, batch, input, rate] = [5, 32, 6, 0.1];
    const constant = (name: string): number[] => {
      const { instruction } = nodeOf(program, name);
      return instruction.op === 'constant' ? [...instruction.values] : [];
    };
    const [x, target] = [constant('x'), constant('target')];
    for (let b = 0; b < batch; b++) {
      const row = x.slice(b * input, (b + 1) * input);
      expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(input, 4);
      expect(target[b]).toBe(Math.sign(at(row, 0) * at(row, 1)));
    }

    let state: Tensors = drawInitial(program, sizesAt(program, n), 1);
    const copy = (name: string): number[] => Array.from(state[name]?.data ?? []);
    const [w1, W, v] = [copy('w1'), copy('W'), copy('v')];
    const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
    const sum = (count: number, term: (k: number) => number): number => range(count).reduce((s, k) => s + term(k), 0);
    for (let t = 0; t < steps; t++) {
      let outputs: Tensors;
      ({ outputs, state } = await oracle({ draw: draws(1) }).run(program, state));
      const x1 = range(batch).map((b) =>
        range(n).map((i) => Math.tanh(sum(input, (d) => at(w1, i * input + d) * at(x, b * input + d)))),
      );
      const x2 = x1.map((row) => range(n).map((i) => Math.tanh(sum(n, (j) => at(W, i * n + j) * at(row, j)))));
      const f = x2.map((row) => sum(n, (i) => at(v, i) * at(row, i)) / n);
      const loss = sum(batch, (b) => (at(f, b) - at(target, b)) ** 2) / batch;
      const expected = [...f, loss];
      for (const [k, value] of scalarsOf(program, outputs).entries()) expect(value).toBeCloseTo(at(expected, k), 10);
      // χ is the gradient of 2 · mean (f − target)² by f.
      const chi = f.map((value, b) => ((value - at(target, b)) * 4) / batch);
      const dh2 = x2.map((row, b) => row.map((value, i) => at(chi, b) * at(v, i) * (1 - value * value)));
      const dh1 = x1.map((row, b) =>
        row.map((value, j) => sum(n, (i) => at(W, i * n + j) * at(at(dh2, b), i)) * (1 - value * value)),
      );
      for (let i = 0; i < n; i++) {
        v[i] = at(v, i) - rate * sum(batch, (b) => at(chi, b) * at(at(x2, b), i));
        for (let j = 0; j < n; j++)
          W[i * n + j] = at(W, i * n + j) - (rate / n) * sum(batch, (b) => at(at(dh2, b), i) * at(at(x1, b), j));
        for (let d = 0; d < input; d++)
          w1[i * input + d] =
            at(w1, i * input + d) - (rate / input) * sum(batch, (b) => at(at(dh1, b), i) * at(x, b * input + d));
      }
    }
  });
});

test('options that cannot be read are refused', () => {
  expect(someOf(['a', 'b'])('b,a')).toEqual(['b', 'a']);
  expect(() => someOf(['a', 'b'])('a,')).toThrow('Give one or more of a,b.');
  expect(atLeast(3)('3')).toBe(3);
  for (const text of ['2', '3.5', '', 'many'])
    expect(() => atLeast(3)(text)).toThrow('Give a whole number of at least 3.');
});
