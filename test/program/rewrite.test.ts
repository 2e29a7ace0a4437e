/** Rewriting: what a rule may answer, what stays as it was, and that the result is checked. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  argument,
  build,
  copyInto,
  extend,
  fixed,
  mapped,
  mul,
  type Program,
  parseProgram,
  printProgram,
  rewrite,
  unary,
  Writer,
  width,
} from '../../src/program/index.ts';
import { messageOf } from './support.ts';

const SOURCE = resolve(import.meta.dirname, '../../src/program');

/** A step with a state, an index, and axes recorded in an order of their own; values named and not. */
const step = parseProgram(
  `program step
    fixed class = 3, batch = 2
    width n
    data x[batch, class]
    data i[batch] of class
    state w[n, class] ~ normal(1)
    h[n, batch] = w @[class] x
    g[batch, n] = tanh(h) * 2
    p[batch, n] = softmax[n](g)
    z = x[class = i]
    next state w = 0.9 * w
    output f = avg(p * g) + z`,
  'step',
);

function plain(): Program {
  const b = build('plain', { n: width(), batch: fixed(2) });
  const h = b.map([b.input('x', ['batch', 'n'])], (u) => unary('tanh', u), 'h');
  b.output(
    'f',
    b.mean(
      b.map([h], (u) => mul(u, u)),
      ['n'],
    ),
  );
  return b.finish();
}

test('the example of the documentation runs', async () => {
  const [, text = ''] = readFileSync(join(SOURCE, 'rewrite.ts'), 'utf8').match(/```ts\n([\s\S]*?)```/) ?? [];
  const code = text.replace(/^ \* ?/gm, '').replace('nexort/program', join(SOURCE, 'index.ts'));
  const folder = mkdtempSync(join(import.meta.dirname, 'rewrite-'));
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    writeFileSync(join(folder, 'example.ts'), code);
    await import(join(folder, 'example.ts'));
    expect(print.mock.calls).toEqual([
      ['program example\n  data x[]\n  plain[] = exp(x)\n  h[] = min(plain, 1)\n  f[] = log(h)\n  output f'],
    ]);
  } finally {
    print.mockRestore();
    rmSync(folder, { recursive: true });
  }
});

describe('what a rule answers', () => {
  test('nothing: the same program, orders of axes, roles and spaces included', () => {
    expect(step.nodes.find(({ name }) => name === 'g')?.type.axes).toEqual(['batch', 'n']);
    expect(rewrite(step, () => undefined)).toEqual(step);
  });

  test('an instruction: it has the name, and the order of axes that was recorded', () => {
    const changed = rewrite(step, ({ name, instruction }) =>
      name === 'g' && instruction.op === 'map' ? { ...instruction, expr: unary('sin', argument(0)) } : undefined,
    );
    expect(printProgram(changed)).toBe(printProgram(step).replace('g[batch, n] = tanh(h) * 2', 'g[batch, n] = sin(h)'));
  });

  test('an instruction on other axes: their order is its own', () => {
    const recorded = parseProgram('fixed m = 2, k = 3\n data x[m, k]\n g[k, m] = tanh(x)\n output g', 'recorded');
    const changed = rewrite(recorded, ({ name }) =>
      name === 'g' ? { op: 'broadcast', arg: 'x', along: ["k'"] } : undefined,
    );
    expect(changed.nodes[1]?.type.axes).toEqual(["k'", 'm', 'k']);
  });

  test('a value: instructions and outputs read it instead', () => {
    const changed = rewrite(plain(), ({ name, instruction }, writer) =>
      name === 'h' && instruction.op === 'map' ? writer.value(instruction.args[0] ?? '') : undefined,
    );
    expect(changed.nodes.map(({ name }) => name)).toEqual(['x', 'v1', 'v2']);
    expect(changed.nodes[1]?.instruction).toMatchObject({ args: ['x'] });
    const same = rewrite(changed, ({ name }, writer) => (name === 'v2' ? writer.value('x') : undefined));
    expect(same.outputs).toEqual([{ name: 'f', value: 'x', role: 'data' }]);
  });

  test('a value written under the name, with more after it, whose names are not taken from what is still to come', () => {
    const changed = rewrite(plain(), ({ name, instruction }, writer) => {
      if (name !== 'h') return undefined;
      const own = writer.write(instruction, name);
      writer.output('size', writer.map(mul(argument(0), argument(0)), [writer.map(unary('exp', argument(0)), [own])]));
      return own;
    });
    expect(changed.nodes.map(({ name }) => name)).toEqual(['x', 'h', 'v3', 'v4', 'v1', 'v2']);
    expect(changed.outputs.map(({ name }) => name)).toEqual(['size', 'f']);
  });
});

test('a map in the place of a value keeps the value under other words', () => {
  const changed = rewrite(plain(), (node, writer) =>
    node.name === 'h' ? mapped(node, writer, { expr: mul(3, argument(0)), before: 'unscaled' }) : undefined,
  );
  expect(printProgram(changed)).toContain('"h unscaled"[batch, n] = tanh(x)\n  h[batch, n] = 3 * "h unscaled"');
});

test('what comes after a program goes by its values', () => {
  const longer = extend(plain(), (writer) => writer.output('h', writer.value('h')), 'longer');
  expect(longer).toEqual({
    ...plain(),
    name: 'longer',
    outputs: [...plain().outputs, { name: 'h', value: 'h', role: 'data' }],
  });
});

test('copies stand beside each other under other names', () => {
  const writer = new Writer('twice');
  const [first, second] = ['a', 'b'].map((prefix) =>
    copyInto(
      writer,
      plain(),
      () => undefined,
      (name) => `${prefix}.${name}`,
    ),
  );
  writer.output('f', first?.('v2') ?? expect.fail('no copy'));
  writer.output('g', second?.('v2') ?? expect.fail('no copy'));
  expect(writer.finish().nodes.map(({ name }) => name)).toEqual([
    ...['a.x', 'a.h', 'a.v1', 'a.v2'],
    ...['b.x', 'b.h', 'b.v1', 'b.v2'],
  ]);
});

test('what is not well formed is refused with everything that is wrong', () => {
  const message = messageOf(() =>
    rewrite(step, ({ name, type }) => (name === 'x' ? { op: 'input', role: 'state', type } : undefined)),
  );
  expect(message).toBe(
    'program "step": 1 mismatch\n  state "x": is read but never written; add an output of role state',
  );
});
