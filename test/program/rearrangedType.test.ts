/** Entries moved along fixed axes: what is refused, and with which words. */

import { describe, expect, test } from 'vitest';
import { bind, build, fixed, parseProgram, Writer } from '../../src/program/index.ts';
import { messageOf } from './support.ts';

describe('what is refused', () => {
  const spaces = 'fixed time = 5, part = 2, new = 3, head = 2';
  const problems = (formula: string): string =>
    messageOf(() =>
      parseProgram(
        `${spaces}\nwidth n\ndata x[time, n]\ndata y[part, n]\ndata i[time] of part\noutput f = ${formula}`,
        'net.nex',
      ),
    );

  test('widths, always', () => {
    expect(problems('split[n -> head, part](x)')).toBe(
      `net.nex:6:12: axis n is a width, which is never split; only fixed axes are
   6 | output f = split[n -> head, part](x)
     |            ^^^^^^^^^^^^^^^^^^^^^^^^^`,
    );
    expect(problems('merge[time, n -> new](x)')).toContain('axis n is a width, which is never merged');
    expect(problems("concat[n, n -> n'](x, x)")).toContain("axis n, n' is a width, which is never joined");
    expect(problems('select[n -> part](x)')).toContain('axis n is a width, which is never selected');
    expect(problems('pad[part -> n](y[n])')).toContain('axis n is a width, which is never padded');
    expect(problems('select[time -> part; after n](x)')).toContain('the range begins after n, which is a width');
  });

  test('sizes that do not fit', () => {
    expect(problems('split[time -> head, part](x)')).toContain(
      'axis time of size 5 cannot be split into head × part of size 2 × 2 = 4',
    );
    expect(problems("merge[part, part' -> time](y[part'] * y)")).toContain(
      "axes part × part' of size 2 × 2 = 4 cannot be merged into time of size 5",
    );
    expect(problems('concat[time, part -> time](x, y)')).toContain(
      'axes time + part of size 5 + 2 = 7 cannot be joined to time of size 5',
    );
    expect(problems('select[time -> part; after 4](x)')).toContain(
      'part of size 2 takes entries 4 to 5 of time, which has 0 to 4',
    );
    expect(problems('pad[part -> new; after 2](y)')).toContain(
      'part of size 2 would become entries 2 to 3 of new, which has 0 to 2',
    );
  });

  test('a position that is not there', () => {
    expect(problems('x[time = 5]')).toContain('no entry 5 of time, which has 0 to 4');
    expect(problems('x[time = 1.5]')).toContain('no entry 1.5 of time');
  });

  test('axes that are missing, taken or too few, and values that are', () => {
    expect(problems('split[part -> head, new](x)')).toContain('"x"[time, n] has no axis part');
    expect(problems('split[time -> head, head](x)')).toContain('axis head is named twice');
    expect(problems('split[time -> new](x)')).toContain('an axis is split into at least two; to move it, rename it');
    expect(problems('merge[time -> new](x)')).toContain('at least two axes are merged; to move one, rename it');
    expect(problems('concat[time -> new](x)')).toContain('at least two values are joined');
    expect(problems('select[time -> tome](x)')).toContain('no space "tome" is declared');
  });

  test('indices where a zero would have to be one, and among real values', () => {
    expect(problems('pad[time -> new](i)')).toContain('"i"[time] is an index into part, expected a real value');
    expect(problems('concat[time, part -> new](i, y)')).toContain('"i"[time] is an index into part');
  });

  test('forms', () => {
    expect(problems('split[time, part -> head](x)')).toContain('expected "->"');
    expect(problems('merge[part, time](x)')).toContain('expected "," or "->"');
    expect(problems('merge[part, time -> new, head](x)')).toContain('expected "]"');
    expect(problems('concat[part, time -> new](x)')).toContain('"concat" takes 2 operands, given 1');
    expect(problems('select[time -> part; 2](x)')).toContain('expected "after"');
    expect(problems('select[time -> part; after](x)')).toContain('a number of entries or the name of a space');
    expect(problems('select[time -> part; after 0.5](x)')).toContain(
      'the range begins after 0.5 entries, expected a whole number from 0 on',
    );
    expect(problems('select[time -> part; after -1](x)')).toContain('the range begins after -1 entries');
    expect(problems('select(x)')).toContain('expected "["');
  });

  test('sizes that are bound late and do not fit, all at once', () => {
    const program = parseProgram(`
      program net
      fixed time, head = 2, key, part = 2
      data x[time]
      s = split[time -> head, key](x)
      t = select[time -> part; after key](x)
      first of key = 2
      output f = s[key = first]
      output t`);
    expect(bind(program, { time: 6, key: 3 })).toEqual({ time: 6, head: 2, key: 3, part: 2 });
    expect(messageOf(() => bind(program, { time: 5, key: 2 }))).toBe(
      `sizes of program "net": 2 mismatches
  split "s": axis time of size 5 cannot be split into head × key of size 2 × 2 = 4
  constant "first": no entry 2 of key, which has 0 to 1`,
    );
    expect(messageOf(() => bind(program, { time: 4, key: 4 }))).toContain(
      'select "t": part of size 2 takes entries 4 to 5 of time, which has 0 to 3',
    );
  });

  test('parameters that are not contracted first, in a program as data', () => {
    const writer = new Writer('net');
    writer.space({ name: 'time', kind: 'fixed', size: 4 });
    writer.space({ name: 'half', kind: 'fixed', size: 2 });
    const law = { kind: 'constant', value: 0 } as const;
    const w = writer.write({ op: 'parameter', axes: ['time'], law }, 'w');
    expect(messageOf(() => writer.select(w, 'time', 'half'))).toContain('may be used only by contract or gather');
    expect(messageOf(() => writer.concat([w, w], ['time', 'time'], 'half'))).toContain('may be used only');
  });

  test('a program in TypeScript whose axes do not fit does not compile', () => {
    const b = build('net', { time: fixed(4), half: fixed(2) });
    const x = b.input('x', ['time']);
    // @ts-expect-error x has no axis half.
    expect(messageOf(() => b.select(x, 'half', 'time'))).toContain('has no axis half');
    // @ts-expect-error x has no axis half.
    expect(messageOf(() => b.concat([x, x], ['time', 'half'], "time'"))).toContain('has no axis half');
  });
});
