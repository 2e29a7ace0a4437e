/** The builder: what it writes, what the type checker refuses, and the same refused at run time. */

import { describe, expect, test } from 'vitest';
import {
  add,
  build,
  checked,
  constantLaw,
  fixed,
  gaussian,
  mul,
  printProgram,
  sub,
  unary,
  width,
} from '../../src/program/index.ts';
import { messageOf } from './support.ts';

test('a two-layer network prints like its definition', () => {
  const b = build('two layers', {
    batch: fixed(),
    in: fixed(3),
    class: fixed(2),
    n: width(),
    wide: width({ symbol: 'n', ratio: 4 }),
  });
  const x = b.input('x', ['batch', 'in']);
  const label = b.index('label', 'class', ['batch']);
  const u = b.parameter('u', ['n', 'in']);
  const w = b.parameter('w', ['wide', 'n'], { law: gaussian(2, [{ space: 'n', exponent: -0.5 }]) });
  const bias = b.parameter('bias', ['wide'], { law: constantLaw(0) });
  const v = b.parameter('v', ['class', 'wide'], { law: gaussian(1, [{ space: 'n', exponent: -1 }]) });
  const shift = b.parameter('shift', [], { law: constantLaw(0), zeroGradient: 'softmax does not see a common shift' });
  const h = b.map([b.contract(x, u, ['in'], 'h0')], (z) => unary('relu', z), 'h');
  const g = b.map([b.add(b.contract(h, w, ['n'], 'g0'), [b.plain(bias)])], (z) => unary('tanh', z), 'g');
  const logits = b.add(b.contract(g, v, ['wide'], 'scores'), [b.plain(shift)], 'logits');
  const logProbabilities = b.map([logits, b.max(logits, ['class'])], (z, top) => sub(z, top), 'centered');
  const picked = b.gather(logProbabilities, label, 'class', 'picked');
  b.output('logits', logits);
  b.output(
    'loss',
    b.map([b.mean(picked, ['batch'])], (z) => mul(-1, z), 'loss'),
  );
  expect(printProgram(checked(b.finish()))).toMatchInlineSnapshot(`
    "program two layers
      fixed batch, in = 3, class = 2
      width n, wide = 4 n
      data x[batch, in]
      data label[batch] of class
      parameter u[n, in] ~ normal(1)
      parameter w[wide, n] ~ normal(2 |n|^-0.5)
      parameter bias[wide] ~ 0
      parameter v[class, wide] ~ normal(|n|^-1)
      parameter shift[] ~ 0, no gradient: "softmax does not see a common shift"
      h0[batch, n] = x @[in] u
      h[batch, n] = relu(h0)
      g0[batch, wide] = h @[n] w
      v1[] = 1
      v2[wide] = v1 outer bias
      v3[batch, wide] = g0 + v2
      g[batch, wide] = tanh(v3)
      scores[batch, class] = g @[wide] v
      v4[] = v1 outer shift
      logits[batch, class] = scores + v4
      v5[batch] = max[class](logits)
      centered[batch, class] = logits - v5
      picked[batch] = centered[class = label]
      v6[] = mean[batch](picked)
      loss[] = (-1) * v6
      output logits
      output loss"
  `);
});

describe('what does not compile throws', () => {
  const start = () => {
    const b = build('net', { batch: fixed(), in: fixed(3), n: width(), class: fixed(2) });
    return {
      b,
      x: b.input('x', ['batch', 'in']),
      y: b.input('y', ['batch', 'n']),
      w: b.input('w', ['n', 'in']),
      token: b.index('token', 'class', ['batch']),
    };
  };

  test('a misspelled axis', () => {
    const { b, x } = start();
    // @ts-expect-error no space is called bacth
    const input = () => b.input('z', ['bacth', 'in']);
    expect(messageOf(input)).toBe('program "net": 1 mismatch\n  input "z": axis bacth runs over no declared space');
    // @ts-expect-error x has no such axis
    expect(messageOf(() => b.sum(x, ['inn']))).toBe(
      'program "net": 1 mismatch\n  reduce "v1": "x"[batch, in] has no axis inn',
    );
    // @ts-expect-error no space is called nn
    expect(() => b.parameter('p', ['nn'])).toThrow('axis nn runs over no declared space');
    // @ts-expect-error no space is called labels
    expect(() => b.index('label', 'labels', ['batch'])).toThrow('index into labels, which is no declared space');
  });

  test('a contraction over an axis that an operand lacks', () => {
    const { b, x, y } = start();
    // @ts-expect-error y has no axis in
    const contract = () => b.contract(x, y, ['in'], 'h');
    expect(messageOf(contract)).toBe('program "net": 1 mismatch\n  contract "h": "y"[batch, n] has no axis in');
    // @ts-expect-error x has no axis n
    expect(messageOf(() => b.contract(x, y, ['batch', 'n'], 'h'))).toContain('"x"[batch, in] has no axis n');
  });

  test('a map without a widest operand', () => {
    const { b, x, y } = start();
    // @ts-expect-error neither has all axes of the other
    const map = () => b.map([x, y], (a, c) => add(a, c), 'sum');
    expect(messageOf(map)).toBe(
      'program "net": 1 mismatch\n' +
        '  map "sum": no operand\'s axes contain the others\' ("x"[batch, in], "y"[batch, n]); ' +
        'broadcast one of them to [batch, in, n] to write an outer product',
    );
  });

  test('a gather by an index into another space', () => {
    const { b, x, token } = start();
    // @ts-expect-error token is an index into class
    const gather = () => b.gather(x, token, 'in', 'picked');
    expect(messageOf(gather)).toBe(
      'program "net": 1 mismatch\n  gather "picked": "token"[batch] is an index into class, expected one into in',
    );
  });
});

describe('what only the writer sees', () => {
  const start = () => {
    const b = build('net', { batch: fixed(), in: fixed(3), n: width(), class: fixed(2) });
    return {
      b,
      x: b.input('x', ['batch', 'in']),
      y: b.input('y', ['batch', 'n']),
      token: b.index('token', 'class', ['batch']),
    };
  };

  test('a sum without a widest operand', () => {
    const { b, x, y } = start();
    expect(messageOf(() => b.add(x, [y], 's'))).toContain("no operand's axes contain the others'");
  });

  test('an index where a number belongs', () => {
    const { b, token } = start();
    expect(messageOf(() => b.sum(token, ['batch'], 's'))).toBe(
      'program "net": 1 mismatch\n  reduce "s": "token"[batch] is an index into class, expected a real value',
    );
  });

  test('a rename to another size, a broadcast along an axis that is there, an axis twice', () => {
    const { b, x } = start();
    expect(messageOf(() => b.rename(x, 'in', 'class', 'r'))).toBe(
      'program "net": 1 mismatch\n  rename "r": axis in of size 3 cannot become class of size 2',
    );
    expect(messageOf(() => b.broadcast(x, ['batch'], 'r'))).toBe(
      'program "net": 1 mismatch\n  broadcast "r": "x"[batch, in] already has axis batch',
    );
    expect(messageOf(() => b.input('z', ['n', 'n']))).toBe(
      'program "net": 1 mismatch\n  input "z": axis n appears twice; give one of them a prime (n\')',
    );
  });

  test('a name given twice', () => {
    const { b } = start();
    expect(messageOf(() => b.input('x', ['batch']))).toBe(
      'program "net" already has a value "x": every value needs its own name.',
    );
  });

  test('constants of the wrong length, or on axes of unknown size', () => {
    const { b } = start();
    expect(messageOf(() => b.constant([1, 2], ['in']))).toContain('2 numbers for 3 entries of [in]');
    expect(messageOf(() => b.constant([1, 2], ['batch']))).toContain('a constant needs axes whose sizes are numbers');
  });
});

test('every mismatch of one instruction is reported at once', () => {
  const b = build('net', { batch: fixed(), in: fixed(3), n: width() });
  const p = b.parameter('p', ['n']);
  // @ts-expect-error no such axes
  expect(messageOf(() => b.broadcast(p, ['n', 'time', 'time'], 'r'))).toBe(
    [
      'program "net": 5 mismatches',
      '  broadcast "r": parameter "p" may be used only by contract or gather; contract it with a constant 1 to use it as it is',
      '  broadcast "r": axis time runs over no declared space',
      '  broadcast "r": axis time runs over no declared space',
      '  broadcast "r": axis time appears twice; give one of them a prime (time\')',
      '  broadcast "r": "p"[n] already has axis n',
    ].join('\n'),
  );
});

test('the same instruction written twice without a name is one value', () => {
  const b = build('net', { in: fixed(3) });
  const x = b.input('x', ['in']);
  const square = () => b.map([x], (z) => mul(z, z));
  expect(square().name).toBe(square().name);
  expect(b.map([x], (z) => mul(z, z), 'named').name).toBe('named');
});
