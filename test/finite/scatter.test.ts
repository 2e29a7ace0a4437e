/** Scatters in the engine: into large tables rows are added up, into small ones by a product with the index's indicator. */

import { afterAll, describe, expect, test } from 'vitest';
import { lower } from '../../src/finite/lower.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { bind, indexTensor, parseProgram, reorder, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';

const engine = nodeEngine({ threads: 2 });
afterAll(() => engine.release());

const [BATCH, TIME, N] = [3, 5, 4];

function programOf(rows: number, lines: string) {
  const head = `fixed batch = ${BATCH}, time = ${TIME}, n = ${N}, table = ${rows}\n`;
  return parseProgram(`${head}data x[batch, time, n]\ndata i[batch, time] of table\n${lines}`);
}

/** Some indices several times, among them the first and the last. */
function feedsOf(rows: number): Tensors {
  const indices = Array.from({ length: BATCH * TIME }, (_, k) => [0, rows - 1, 7, 7, k % rows][k % 5] ?? 0);
  return {
    x: tensor(['batch', 'time', 'n'], [BATCH, TIME, N], stream(1, 'rows').normals(BATCH * TIME * N)),
    i: indexTensor(['batch', 'time'], [BATCH, TIME], indices),
  };
}

const addsUp = (program: ReturnType<typeof programOf>): boolean =>
  Buffer.from(lower(program, bind(program, {})).model).includes('ScatterElements');

describe.each([
  ['all rows', 'output f = scatter[table = i; batch, time](x)', true],
  ['rows in another order of their axes', 'output f = scatter[table = i; time, batch](x)', true],
  ['rows that are numbers', 'output f = scatter[table = i; batch, time](sum[n](x))', true],
  ['rows of each example', 'output f = scatter[table = i; time](x)', false],
  ['nothing summed', 'output f = scatter[table = i](x)', false],
])('%s', (_, lines, large) => {
  test.each([8, 1024, 3000])('into %d rows are what the oracle gives', async (rows) => {
    const program = programOf(rows, lines);
    expect(addsUp(program)).toBe(large && rows >= 1024);
    const feeds = feedsOf(rows);
    const expected = interpret(program, feeds, {}).f;
    const found = (await engine.run(program, feeds)).f;
    if (expected === undefined || found === undefined) throw new Error('no output');
    const inOrder = reorder(found, expected.axes);
    expect(inOrder.shape).toEqual(expected.shape);
    // Sums of a few numbers of order 1 in f32.
    for (const [k, value] of inOrder.data.entries())
      expect(Math.abs(value - (expected.data[k] ?? Number.NaN))).toBeLessThan(1e-5);
    expect([...((await engine.run(program, feeds)).f?.data ?? [])]).toEqual([...found.data]);
  });
});
