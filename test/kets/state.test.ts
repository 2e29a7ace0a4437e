/** States of kets are values: branched, forked, handed on, released. */

import { describe, expect, it } from 'vitest';
import {
  type EstimatedStep,
  estimateLimit,
  exactInterpreter,
  exactLimit,
  isColumns,
  type KetRan,
  type KetState,
  ketInterpreter,
} from '../../src/kets/index.ts';
import { normalDensity } from '../../src/numeric/index.ts';
import { type Phase, parseProgram, type Tensors, tensor } from '../../src/program/index.ts';
import { expectClose, messageOf } from '../program/support.ts';
import { notToldApart } from '../support/twoSample.ts';
import { example } from './programs.ts';

const number = (value: number) => tensor([], [], [value]);

/** The numbers of an output. */
function numbers({ outputs }: Pick<KetRan, 'outputs'>, name: string): readonly number[] {
  const output = outputs[name];
  return output === undefined || isColumns(output) ? expect.fail(`no numbers ${name}`) : [...output.data];
}

describe('branches of one state', () => {
  // Both branches meet W along directions that are new to it, and that overlap.
  const program = parseProgram(`
    width n
    data c[]
    initial x[n] ~ normal(1)
    initial z[n] ~ normal(1)
    initial u[n] ~ normal(1)
    initial v[n] ~ normal(1)
    state W[n, n'] ~ normal(|n|^-0.5)
    y = W @ (x + c * z + (c^2 - c) * u)
    next state W = W - 0.5 * |n|^-1 * (tanh(y) outer x[n'])
    output f = avg(v * tanh(y))
    output linear = avg(v * y)`);
  type Pick = (ran: KetRan, fork: (state: KetState) => KetState) => readonly [KetState, KetState];
  /** Two branches of what a step has left, in one order or the other: f of each, and their product. */
  function rows(
    pick: Pick,
    [first, second]: readonly [0 | 1, 0 | 1],
    matrices: 'lazy' | 'dense',
    from: number,
  ): number[][] {
    return Array.from({ length: 1000 }, (_, k) => {
      const kets = ketInterpreter({ width: 12, seed: from + k, matrices });
      const ran = kets.run(program, kets.start(), { c: number(0) });
      const states = pick(ran, (state) => kets.fork(state));
      const found: [number, number] = [0, 0];
      for (const branch of [first, second]) {
        const [value = Number.NaN] = numbers(kets.run(program, states[branch], { c: number(branch + 1) }), 'linear');
        found[branch] = value;
      }
      return [found[0], found[1], found[0] * found[1]];
    });
  }
  const shared: Pick = ({ state }) => [state, state];
  const stored = rows(shared, [0, 1], 'dense', 1_000_000);

  it('know one matrix: their joint law is that of a stored one, in either order', () => {
    for (const [order, from] of [
      [[0, 1], 1],
      [[1, 0], 100_000],
    ] as const) {
      const { rejected, smallest, which } = notToldApart(rows(shared, order, 'lazy', from), stored, 5e-4);
      expect(rejected, `smallest adjusted p ${smallest}: ${which}`).toBe(false);
    }
  });

  it('that are forks are each right by itself, and not together', () => {
    const forked = rows(({ state }, fork) => [state, fork(state)], [0, 1], 'lazy', 200_000);
    const alone = (all: number[][], k: number) => all.map((row) => [row[k] ?? Number.NaN]);
    for (const k of [0, 1]) expect(notToldApart(alone(forked, k), alone(stored, k), 5e-4).rejected).toBe(false);
    expect(notToldApart(forked, stored, 5e-4).rejected).toBe(true);
  });

  it('are the same bytes for the same order of runs; forks whatever else is run', () => {
    const kets = () => ketInterpreter({ width: 64, seed: 3 });
    const run = (interpreter: ReturnType<typeof kets>, state: KetState, c: number) =>
      interpreter.run(program, state, { c: number(c) });
    const [one, two] = [kets(), kets()];
    const [a, b] = [one, two].map((own) => run(own, own.start(), 0).state) as [KetState, KetState];
    const lonely = run(one, one.fork(a), 2);
    run(two, b, 1);
    const [late, later] = [two.fork(b), run(two, b, 2)];
    expect(numbers(lonely, 'f')).toEqual(numbers(run(one, one.fork(a), 2), 'f'));
    expect(numbers(run(two, late, 2), 'f')).toEqual(numbers(later, 'f'));
    expect(numbers(lonely, 'f')).not.toEqual(numbers(later, 'f'));
  });
});

describe('what is drawn', () => {
  const text = (first: string): string => `
    width n
    ${first}
    initial x[n] ~ normal(1)
    initial s[n] ~ rademacher(1)
    initial W[n, n'] ~ normal(|n|^-0.5)
    y = tanh(W @ (x + s))
    output f = avg(y * (W^T @ y))
    output g = avg(x^3)`;

  it('depends on its name, not on what is drawn before', () => {
    const value = (first: string): unknown => {
      const kets = ketInterpreter({ width: 50, seed: 1 });
      return kets.run(parseProgram(text(first)), kets.start()).outputs;
    };
    expect(value("initial more[n] ~ normal(1)\n initial V[n, n'] ~ normal(|n|^-0.5)\n keep z = V @ more")).toEqual(
      value(''),
    );
  });

  it('is the same for another program of the same start, and refused by another law', () => {
    const kets = ketInterpreter({ width: 50, seed: 1 });
    const one = kets.run(parseProgram(text('')), kets.start());
    expect(kets.run(parseProgram(text('')), one.state).outputs).toEqual(one.outputs);
    const start = kets.start();
    kets.run(parseProgram(text('')), start);
    expect(messageOf(() => kets.run(parseProgram(text('').replace('|n|^-0.5', '2 * |n|^-0.5')), start))).toMatch(
      /^"W" was drawn as an initial matrix before, by another law or on other axes or sizes; give one of them another name/,
    );
  });

  it('can be given instead, and data of a step go before it', () => {
    const program = parseProgram('width n\ninitial v[n] ~ normal(1)\noutput f = avg(v)');
    const kets = ketInterpreter({ width: 4, seed: 1 });
    const one = kets.run(program, kets.start({ v: tensor(['n'], [4], [1, 2, 3, 4]) }));
    expect(numbers(one, 'f')).toEqual([2.5]);
    expect(numbers(kets.run(program, one.state, { v: tensor(['n'], [4], [1, 2, 2, 1]) }), 'f')).toEqual([1.5]);
    expect(numbers(kets.run(program, one.state), 'f')).toEqual([2.5]);
    const start = kets.start({ v: tensor(['n'], [4], [1, 2, 3, 4]) });
    const other = kets.run(program, start, { v: tensor(['n'], [4], [1, 2, 2, 1]) });
    expect(numbers(other, 'f')).toEqual([1.5]);
    expect(numbers(kets.run(program, other.state), 'f')).toEqual([2.5]);
  });
});

describe('states of nonlinear outer products', () => {
  const program = example('adam-hidden-matrix.nex');
  const steps = (count: number, from?: { kets: ReturnType<typeof ketInterpreter>; state: KetState }) => {
    const kets = from?.kets ?? ketInterpreter({ width: 24, seed: 2, matrices: 'dense' });
    const states = [from?.state ?? kets.start()];
    const found: (readonly number[])[] = [];
    for (let k = 0; k < count; k++) {
      const ran = kets.run(program, states.at(-1) ?? expect.fail('no state'));
      states.push(ran.state);
      found.push(Object.values(ran.outputs).flatMap((output) => (isColumns(output) ? [] : [...output.data])));
    }
    return { kets, states, found };
  };
  /** Sums of tiles of f64 numbers in another order. */
  const REORDERED = 1e-12;

  it('may be gone on from twice, whether they were released or not', () => {
    const whole = steps(4);
    const { kets, states, found } = steps(2);
    expect(found).toEqual(whole.found.slice(0, 2));
    const [, , second = kets.start()] = states;
    const left = steps(2, { kets, state: second });
    expect(left.found).toEqual(whole.found.slice(2));
    for (const state of [...states, ...left.states]) kets.release(state);
    const right = steps(2, { kets, state: second });
    for (const [k, row] of right.found.entries()) expectClose(row, whole.found[2 + k] ?? [], REORDERED, `step ${k}`);
  });

  it('are held as long as someone holds them, and no longer', () => {
    const held = (release: boolean): number => {
      const own = ketInterpreter({ width: 256, seed: 2, subsample: 64 });
      let state = own.start();
      for (let k = 0; k < 6; k++) {
        const ran = own.run(program, state);
        if (release) own.release(state);
        ({ state } = ran);
      }
      return own.peakBytes;
    };
    // What a run holds besides the state that it starts from is its own, whoever holds the states before.
    expect(held(true)).toBe(held(false));
    const kets = ketInterpreter({ width: 24, seed: 2, matrices: 'dense' });
    const { state } = kets.run(program, kets.start());
    const expected = kets.run(program, state).outputs;
    for (let k = 0; k < 3; k++) kets.release(state);
    expect(kets.run(program, state).outputs).toEqual(expected);
  });

  it('that are handed on as they are stay one', () => {
    const kets = ketInterpreter({ width: 24, seed: 2, matrices: 'dense' });
    const idle = {
      ...program,
      outputs: program.outputs.map((one) => (one.role === 'state' ? { ...one, value: one.name } : one)),
    };
    let { state } = kets.run(program, kets.start());
    for (let k = 0; k < 50; k++) {
      const ran = kets.run(idle, state);
      kets.release(state);
      ({ state } = ran);
    }
    const again = kets.run(program, state);
    const plain = steps(2).found[1] ?? [];
    const found = Object.values(again.outputs).flatMap((output) => (isColumns(output) ? [] : [...output.data]));
    expectClose(found, plain, REORDERED, 'second step');
  });
});

describe('what a state hands out', () => {
  const program = parseProgram(
    "width n\nstate t[] ~ 0\nstate v[n] ~ normal(1)\nstate W[n, n'] ~ normal(|n|^-0.5)\nmore[] = t + avg(v^2)\ny = W @ v\nnext state t = more\nnext state v = y\nnext state W = W",
  );
  it.each([
    ['kets', ketInterpreter({ width: 16, seed: 1 })],
    ['exact kets', exactInterpreter()],
  ] as const)('are numbers; what has a width is refused by name, in %s', (_, interpreter) => {
    const start = interpreter.start({ t: number(2) } as Tensors);
    const { state } = interpreter.run(program, start as never, {});
    expect(messageOf(() => interpreter.exported(state as never))).toMatch(
      /^"v", "W" have a width axis, which is sampled and known only through what it has met: no tensor holds it\./,
    );
    expect(interpreter.exported(start as never)).toEqual({ t: number(2) });
  });

  it('belongs to the interpreter that made it', () => {
    const [one, other] = [ketInterpreter({ width: 8, seed: 1 }), ketInterpreter({ width: 8, seed: 1 })];
    const message =
      'the state belongs to another interpreter: a run goes on from a state of its own, made by start, run or fork.';
    expect(messageOf(() => other.run(program, one.start()))).toBe(message);
    expect(messageOf(() => other.fork(one.start()))).toBe(message);
  });
});

describe('limits over phases', () => {
  // v starts random and is trained on tanh(h), then on relu(h); what it has learnt of both is read off tanh(2 h).
  const trained = (name: string, map: string): Phase['program'] =>
    parseProgram(
      `program ${name}\nwidth n\ndata target[]\ninitial h[n] ~ normal(1)\nstate v[n] ~ normal(1)\ny = ${map}\nf = avg(v * y)\nnext state v = v - (f - target) * y\noutput f`,
    );
  const looking = parseProgram(
    'program looking\nwidth n\ninitial h[n] ~ normal(1)\nparameter w[] ~ 1\nstate v[n] ~ normal(1)\nf = avg(v * tanh(2 * h)) * 1\nnext state v = v\noutput f'.replace(
      'parameter w[] ~ 1\n',
      '',
    ),
  );
  const phases: readonly Phase[] = [
    { program: trained('first', 'tanh(h)'), steps: 2, data: (step) => ({ target: number(step + 1) }) },
    { program: trained('second', 'relu(h)'), data: { target: number(-1) } },
    { program: looking },
  ];

  it('are those of the recursion by hand, exactly and by sampling', async () => {
    const inner = (f: (h: number) => number, g: (h: number) => number): number => {
      const [end, points] = [10, 40_000];
      let sum = 0;
      for (let k = 0; k < points; k++) {
        const h = -end + ((2 * k + 1) * end) / points;
        sum += f(h) * g(h) * normalDensity(h);
      }
      return (sum * 2 * end) / points;
    };
    const [tanh, relu, wide] = [Math.tanh, (h: number) => Math.max(0, h), (h: number) => Math.tanh(2 * h)];
    // v = v₀ + a tanh(h) + b relu(h), and v₀ is independent of h.
    let [a, b] = [0, 0];
    const f = (g: (h: number) => number): number => a * inner(tanh, g) + b * inner(relu, g);
    const expected: number[] = [];
    for (const target of [1, 2]) {
      expected.push(f(tanh));
      a -= f(tanh) - target;
    }
    expected.push(f(relu));
    b -= f(relu) + 1;
    expected.push(f(wide));

    const exact = exactLimit(phases).map(([output]) => Number(output?.entries[0]));
    expectClose(exact, expected, 1e-7, 'exact');
    const sampled = await estimateLimit(phases, { seeds: 8, width: 2048 });
    sampled.forEach(([output]: EstimatedStep, k) => {
      const { value = Number.NaN, standardError = Number.NaN } = output?.entries[0] ?? {};
      expect(Math.abs(value - (expected[k] ?? Number.NaN))).toBeLessThan(6 * standardError + 1e-12);
    });
  });
});
