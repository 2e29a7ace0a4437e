/** Windows along an axis: what they hold, that overlap is their adjoint, and what is refused. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bind,
  build,
  checkFragment,
  filled,
  fixed,
  nodesOf,
  type Program,
  parseProgram,
  pushGathers,
  reverse,
  tensor,
  unary,
  type WindowingLike,
  Writer,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { expectClose, feedsFor, messageOf, REORDERED, read } from './support.ts';

type Steps = Pick<WindowingLike, 'stride' | 'dilation' | 'before'>;

/** One instruction on an input x. */
function single(op: 'window' | 'overlap', sizes: readonly [number, number, number], steps: Steps): Program {
  const writer = new Writer(op);
  ['time', 'place', 'tap'].forEach((name, k) => {
    writer.space({ name, kind: 'fixed', size: sizes[k] ?? 1 });
  });
  const axes = op === 'window' ? ['time'] : ['place', 'tap'];
  const x = writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, 'x');
  const windowing = { axis: 'time', position: 'place', offset: 'tap', ...steps };
  writer.output('f', op === 'window' ? writer.window(x, windowing) : writer.overlap(x, windowing));
  return writer.finish();
}

function windowed(sizes: readonly [number, number, number], steps: Steps, x: readonly number[]): number[] {
  const program = single('window', sizes, steps);
  return [...read(interpret(program, { x: tensor(['time'], [x.length], x) }), 'f', ['place', 'tap']).data];
}

function overlapped(sizes: readonly [number, number, number], steps: Steps, y: readonly number[]): number[] {
  const program = single('overlap', sizes, steps);
  return [...read(interpret(program, { x: tensor(['place', 'tap'], sizes.slice(1), y) }), 'f').data];
}

describe('a window', () => {
  const x = [1, 2, 3, 4, 5];

  test('holds neighbors', () => {
    expect(windowed([5, 4, 2], {}, x)).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
  });

  test('begins a stride after the one before it', () => {
    expect(windowed([5, 2, 2], { stride: 3 }, x)).toEqual([1, 2, 4, 5]);
  });

  test('holds zeros before the start and after the end', () => {
    expect(windowed([5, 3, 3], { stride: 2, before: 1 }, x)).toEqual([0, 1, 2, 2, 3, 4, 4, 5, 0]);
  });

  test('spreads its offsets by the dilation', () => {
    expect(windowed([5, 3, 3], { dilation: 2, before: 2 }, x)).toEqual([0, 1, 3, 0, 2, 4, 1, 3, 5]);
  });

  test('takes any length, stride and padding, one entry for each place', () => {
    const small = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        small,
        small,
        small,
        small,
        small,
        fc.nat(5),
        (length, positions, offsets, stride, dilation, before) => {
          const entry = (p: number, o: number): number => p * stride + o * dilation - before;
          const numbers = Array.from({ length }, (_, k) => k + 1);
          const expected = Array.from(
            { length: positions * offsets },
            (_, k) => numbers[entry(Math.floor(k / offsets), k % offsets)] ?? 0,
          );
          const windows = Array.from({ length: positions }, (_, p) => expected.slice(p * offsets, (p + 1) * offsets));
          fc.pre(windows.every((window) => window.some((number) => number > 0)));
          expect(windowed([length, positions, offsets], { stride, dilation, before }, numbers)).toEqual(expected);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('an overlap', () => {
  test('adds up what windows hold of each entry', () => {
    expect(overlapped([5, 4, 2], {}, [1, 10, 2, 20, 3, 30, 4, 40])).toEqual([1, 12, 23, 34, 40]);
    expect(overlapped([5, 3, 3], { stride: 2, before: 1 }, [9, 1, 2, 10, 3, 4, 20, 5, 9])).toEqual([1, 12, 3, 24, 5]);
  });

  test('leaves zeros where there is no window', () => {
    expect(overlapped([5, 2, 2], { stride: 3 }, [1, 2, 3, 4])).toEqual([1, 2, 0, 3, 4]);
  });

  test.each([
    [[6, 3, 2], { stride: 2 }],
    [[5, 3, 3], { stride: 2, before: 1 }],
    [[7, 4, 3], { dilation: 2, before: 2 }],
    [[7, 2, 2], { stride: 4, dilation: 2 }],
  ] as const)('is the adjoint: ⟨window x, y⟩ = ⟨x, overlap y⟩, %j', (sizes, steps) => {
    const [length, positions, offsets] = sizes;
    const x = Array.from({ length }, (_, k) => Math.sin(k + 1));
    const y = Array.from({ length: positions * offsets }, (_, k) => Math.cos(3 * k));
    const inner = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, k) => s + v * (b[k] ?? 0), 0);
    expect(inner(windowed(sizes, steps, x), y)).toBeCloseTo(inner(x, overlapped(sizes, steps, y)), 12);
  });
});

describe('a convolution', () => {
  const text = `
    fixed batch = 2, time = 6, tap = 3, input = 2, out = 4
    data x[batch, time, input]
    parameter w[out, tap, input]
    h[batch, time, out] = window[time -> time, tap; pad 1](x) @[tap, input] w
    output f = h`;

  test('is Σ over offset and channel of w · x', () => {
    const program = parseProgram(text);
    const feeds = feedsFor(program, {}, 4);
    const [x, w] = [read(feeds, 'x').data, read(feeds, 'w').data];
    const expected = [0, 1].flatMap((b) =>
      [0, 1, 2, 3, 4, 5].flatMap((t) =>
        [0, 1, 2, 3].map((o) => {
          let sum = 0;
          for (let tap = 0; tap < 3; tap++) {
            const s = t + tap - 1;
            if (s < 0 || s > 5) continue;
            for (let c = 0; c < 2; c++) sum += (w[(o * 3 + tap) * 2 + c] ?? 0) * (x[(b * 6 + s) * 2 + c] ?? 0);
          }
          return sum;
        }),
      ),
    );
    expectClose(read(interpret(program, feeds), 'f', ['batch', 'time', 'out']).data, expected, REORDERED);
  });

  test('has a gradient in factors: the windows and the cotangent of its result', () => {
    const { program, factors } = reverse(parseProgram(text), { output: 'f', seed: ['batch', 'time', 'out'] });
    const [window] = nodesOf(program, 'window');
    expect(factors).toEqual([{ kind: 'product', parameter: 'w', input: window?.name, cotangent: 'd.f', scale: [] }]);
  });

  test('keeps examples apart, and refuses to keep places apart', () => {
    const program = parseProgram(text);
    const seed = ['batch', 'time', 'out'];
    expect(reverse(program, { output: 'f', seed, keep: ['batch'], inputs: ['x'] }).program.outputs).toHaveLength(2);
    expect(messageOf(() => reverse(program, { output: 'f', seed, keep: ['time'], inputs: ['x'] }))).toContain(
      'takes windows along it',
    );
  });
});

describe('gathers are pushed past windows', () => {
  test('along other axes, and not along their own', () => {
    const b = build('net', { batch: fixed(3), time: fixed(4), tap: fixed(2), n: fixed(5) });
    const x = b.map([b.input('x', ['batch', 'time', 'n'])], (u) => unary('exp', u));
    const y = b.window(x, { axis: 'time', position: 'time', offset: 'tap', before: 1 });
    b.output('f', b.gather(y, b.constantIndex('batch', 1), 'batch'));
    b.output('g', b.gather(y, b.constantIndex('batch', 1), 'batch'));
    const pushed = pushGathers(b.finish());
    expect(nodesOf(pushed, 'window').map(({ type }) => type.axes)).toEqual([['time', 'tap', 'n']]);
    const c = build('net', { time: fixed(4), tap: fixed(2) });
    const z = c.window(c.input('x', ['time']), { axis: 'time', position: 'time', offset: 'tap', before: 1 });
    c.output('f', c.gather(z, c.constantIndex('time', 1), 'time'));
    expect(nodesOf(pushGathers(c.finish()), 'window').map(({ type }) => type.axes)).toEqual([['time', 'tap']]);
  });
});

describe('what is refused', () => {
  const problems = (window: string, spaces = 'fixed time = 5, place = 3, tap = 2'): string =>
    messageOf(() => parseProgram(`${spaces}\nwidth n\ndata x[time, n]\noutput f = ${window}(x)`, 'net.nex'));

  test('windows of a width, or onto one', () => {
    expect(problems('window[n -> place, tap]')).toBe(
      `net.nex:4:12: axis n is a width; windows run along fixed axes, for a width has no neighbors
   4 | output f = window[n -> place, tap](x)
     |            ^^^^^^^^^^^^^^^^^^^^^^^^^^`,
    );
    expect(problems('window[time -> n, tap]')).toContain('axis n is a width');
  });

  test('axes that are missing, taken or the same', () => {
    expect(problems('window[place -> time, tap]')).toContain('"x"[time, n] has no axis place');
    expect(problems('window[time -> tap, tap]')).toContain('axis tap is named twice');
    expect(problems('overlap[place, tap -> time]')).toContain('"x"[time, n] has no axis place, tap');
    expect(problems('window[time -> place, tip]')).toContain('no space "tip" is declared');
  });

  test('impossible steps', () => {
    expect(problems('window[time -> place, tap; stride 0]')).toContain(
      'the stride is 0, expected a whole number from 1 on',
    );
    expect(problems('window[time -> place, tap; dilation 1.5]')).toContain('the dilation is 1.5');
    expect(problems('window[time -> place, tap; pad -1]')).toContain(
      'the padding is -1, expected a whole number of zeros before the first entry',
    );
    expect(problems('window[time -> place, tap; step 2]')).toContain('expected "stride", "dilation", "pad"');
    expect(problems('window[time -> place, tap; pad 1, pad 1]')).toContain('the attribute "pad" is given twice');
    expect(problems('window[time -> place]')).toContain('unexpected "]"');
    expect(problems('window')).toContain('expected "["');
  });

  test('windows beside the axis, with what would fit', () => {
    expect(problems('window[time -> place, tap; stride 3]')).toContain(
      'window 3 of 3 spans entries 6 to 7 of time, which has 0 to 4, and holds none of them; ' +
        'with this stride and padding place has at most 2 windows',
    );
    expect(problems('window[time -> place, tap; pad 2]')).toContain(
      'window 1 of 3 spans entries -2 to -1 of time, which has 0 to 4, and holds none of them; ' +
        'with windows of this reach the padding is at most 1',
    );
    expect(problems('window[time -> place, tap; dilation 7, pad 1]')).toContain(
      'window 1 of 3 spans entries -1 to 6 of time, which has 0 to 4, and holds none of them; ' +
        'the dilation 7 of tap steps over them',
    );
  });

  test('the same where sizes are bound late', () => {
    const b = build('net', { time: fixed(), place: fixed(), tap: fixed(2) });
    b.output('f', b.window(b.input('x', ['time']), { axis: 'time', position: 'place', offset: 'tap', stride: 2 }, 'y'));
    expect(bind(b.finish(), { time: 5, place: 3 })).toEqual({ time: 5, place: 3, tap: 2 });
    expect(messageOf(() => bind(b.finish(), { time: 5, place: 4 }))).toBe(
      `sizes of program "net": 1 mismatch
  window "y": window 4 of 4 spans entries 6 to 7 of time, which has 0 to 4, and holds none of them; with this stride and padding place has at most 3 windows`,
    );
  });

  test('a program in TypeScript whose axes do not fit does not compile', () => {
    const b = build('net', { time: fixed(4), tap: fixed(2) });
    const x = b.input('x', ['time']);
    // @ts-expect-error x has no axis tap.
    expect(messageOf(() => b.window(x, { axis: 'tap', position: 'time', offset: 'tap' }))).toContain('has no axis tap');
  });
});

test('windows stay in the language, and move initial matrices', () => {
  const program = parseProgram(`
    fixed tap = 3, place = 2, pick = 2
    width n
    initial x[n] ~ normal(1)
    initial W[tap, n, n'] ~ normal(|n|^-0.5)
    V = window[tap -> place, pick](W)
    output f = avg(tanh(x[n'] @[n'] V))`);
  expect(checkFragment(program)).toMatchObject({ inFragment: true, violations: [] });
});

test('the steps of a window that are left out are those of neighbors', () => {
  expect(filled({ axis: 'time', position: 'place', offset: 'tap' })).toEqual({
    ...{ axis: 'time', position: 'place', offset: 'tap', stride: 1, dilation: 1, before: 0 },
  });
});
