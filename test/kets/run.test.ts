import { describe, expect, it } from 'vitest';
import { isColumns, ketInterpreter } from '../../src/kets/index.ts';
import { drawInitial } from '../../src/numeric/index.ts';
import { checkFragment, feedsOf, type Program, parseProgram, type Tensors } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { messageOf } from '../program/support.ts';
import { example, examples, extras } from './programs.ts';
import { stepping } from './stepping.ts';

/** Sums of a few dozen f64 numbers of order 1 in another order. */
const REORDERED = 1e-12;

const WIDTH = 10;
const STEPS = 3;

function stateOf(program: Program): string[] {
  return program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name);
}

/** Largest deviation of sampled values from the oracle's, the same initial values in both, over a few steps. */
function deviation(program: Program, width: number): number {
  const drawn = drawInitial(program, { n: width }, 3);
  const run = stepping(program, { width, seed: 1 }, drawn);
  const names = stateOf(program);
  const own = new Set(names);
  const data = Object.fromEntries(Object.entries(drawn).filter(([name]) => !own.has(name)));
  let state: Tensors = Object.fromEntries(Object.entries(drawn).filter(([name]) => own.has(name)));
  let worst = 0;
  for (let k = 0; k < (names.length === 0 ? 1 : STEPS); k++) {
    const expected = interpret(program, { ...data, ...state }, { n: width });
    const found = run.step().outputs;
    for (const [name, output] of Object.entries(found)) {
      if (isColumns(output)) continue;
      output.data.forEach((value, entry) => {
        const error = Math.abs(value - (expected[name]?.data[entry] ?? Number.NaN));
        worst = error <= worst ? worst : error;
      });
    }
    state = Object.fromEntries(names.map((name) => [name, expected[name] ?? expect.fail(`no state ${name}`)]));
  }
  return worst;
}

const inside = [...examples, ...extras].filter(([, program]) => checkFragment(program).inFragment);

describe('a program with sampled widths', () => {
  it('is every program of the tests but the two that leave the language on purpose', () => {
    const names = new Set(inside.map(([name]) => name));
    const outside = [...examples.keys(), ...extras.keys()].filter((name) => !names.has(name));
    expect(outside).toEqual(['central-limit.nex', 'outside.nex']);
  });

  it.each(inside)('gives with stored matrices what the oracle gives: %s', (_, program) => {
    expect(deviation(program, WIDTH)).toBeLessThan(REORDERED);
  });

  it('hands out vectors as columns', () => {
    const program = parseProgram('width n\ninitial x[n] ~ normal(1)\ny = tanh(x)\noutput y');
    const drawn = drawInitial(program, { n: 5 }, 3);
    const { y } = stepping(program, { width: 5, seed: 1 }, drawn).step().outputs;
    if (y === undefined || !isColumns(y)) return expect.fail('not columns');
    expect(y.width).toBe('n');
    expect([...(y.columns[0] ?? [])]).toEqual([...(drawn.x?.data ?? [])].map(Math.tanh));
  });

  it('draws signs for Rademacher matrices at a finite width and stores them', () => {
    const program = parseProgram(
      "width n\ninitial e[n] ~ 1\ninitial W[n, n'] ~ rademacher(|n|^-0.5)\ny = W @ e\noutput y",
    );
    const { y } = stepping(program, { width: 4, seed: 1 }).step().outputs;
    if (y === undefined || !isColumns(y)) return expect.fail('not columns');
    for (const value of y.columns[0] ?? []) expect([-2, -1, 0, 1, 2]).toContain(value);
  });

  it('is the same for the same seed and another for another', () => {
    const value = (seed: number): unknown =>
      stepping(example('w-and-transpose.nex'), { width: 64, seed }).step().outputs.later;
    expect(value(1)).toEqual(value(1));
    expect(value(1)).not.toEqual(value(2));
  });

  it('gives the parts of a product, which add up to it', () => {
    const program = parseProgram(
      "width n\ninitial x[n] ~ normal(1)\ninitial W[n, n'] ~ normal(|n|^-0.5)\ny = tanh(W @ x)\nz = W^T @ y\noutput z\noutput x\noutput slope = avg(1 - y^2)",
    );
    const { outputs, parts } = stepping(program, { width: 20000, seed: 1, parts: ['z'] }).step();
    const { z, x, slope } = outputs;
    const { hat, dot, update } = parts('z');
    if (z === undefined || !isColumns(z) || x === undefined || !isColumns(x)) return expect.fail('not columns');
    if (slope === undefined || isColumns(slope)) return expect.fail('columns');
    const [whole, h, d, u, start] = [z, hat, dot, update, x].map(
      ({ columns: [column] }) => column ?? new Float64Array(),
    );
    whole?.forEach((value, i) => {
      expect(Math.abs((h?.[i] ?? 0) + (d?.[i] ?? 0) - value)).toBeLessThan(REORDERED);
      expect(u?.[i]).toBe(0);
      // dot|Wᵀy⟩ = |x⟩ E φ′(Wx) (IVb 2.6.5): here up to the spread of an average of 20000.
      expect(Math.abs((d?.[i] ?? 0) - (start?.[i] ?? 0) * (slope.data[0] ?? 0))).toBeLessThan(0.2);
    });
  });

  it('adds up what momentum and coupled decay repeat: time and memory of a step grow with the steps, not faster', () => {
    const program = parseProgram(`
      fixed batch = 2
      width n
      initial x[batch, n] ~ normal(1)
      initial v[n] ~ normal(1)
      state W[n, n'] ~ normal(|n|^-0.5)
      state m[n, n'] ~ 0
      y = tanh(W @ x)
      dh = v * (1 - y^2)
      m1[n, n'] = 0.9 * m + |n|^-1 * (dh @[batch] x[n']) + 0.01 * W
      next state m = m1
      next state W = W - 0.1 * m1
      output f = avg(v * y)`);
    // Uses of W would be Fibonacci numbers of the step: 60 steps would not end.
    const run = stepping(program, { width: 64, seed: 1 });
    for (let k = 0; k < 60; k++) run.step();
    expect(deviation(program, WIDTH)).toBeLessThan(REORDERED);
  });

  it('says what it holds: about two columns for each direction, and the vectors of the program', () => {
    const run = stepping(example('sgd-two-hidden-layers.nex'), { width: 4096, seed: 1 });
    for (let k = 0; k < 8; k++) run.step();
    const column = 8 * 4096;
    // 32 directions each way, 4 columns each; 32 outer products of 2; 7 weights; some of the step's values.
    expect(run.peakBytes()).toBeGreaterThan(column * (2 * 64 + 64 + 7));
    expect(run.peakBytes()).toBeLessThan(column * (2 * 64 + 64 + 7 + 60));
  });
});

describe('what cannot be run', () => {
  it('refuses programs outside the language, naming the instruction', () => {
    expect(messageOf(() => stepping(example('outside.nex'), { width: 8, seed: 1 }).step())).toBe(
      'program "coupled weight decay inside a sign" leaves NE⊗OR⊤ and has no infinite-width reading; it still runs at finite width.\n' +
        '  update: is an entrywise function of an initial matrix; an initial matrix may only be combined linearly with fixed coefficients and multiply vectors',
    );
  });

  it('asks for what is not given', () => {
    const program = parseProgram(
      'fixed batch = 2\nwidth n\ndata x[batch]\ninitial v[n] ~ normal(1)\noutput f = avg(v^2) * x',
    );
    expect(feedsOf(program).map(({ name }) => name)).toEqual(['x', 'v']);
    expect(messageOf(() => stepping(program, { width: 8, seed: 1 }).step())).toBe(
      'program "program" needs a value of "x": give it as data, write it as a constant, or state a law ("~ normal(1)").',
    );
  });

  it('refuses what is not a width', () => {
    expect(messageOf(() => ketInterpreter({ width: 2.5, seed: 1 }))).toBe(
      'a width is a whole number from 1 on, but 2.5 was given.',
    );
  });
});
