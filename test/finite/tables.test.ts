/** Gradients that are rows added into a table: filled block by block beside the graph. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { partition } from '../../src/finite/partition.ts';
import { rowsOfBlock, Table } from '../../src/finite/tables.ts';
import { stream } from '../../src/numeric/index.ts';
import { indexTensor, type Program, parseProgram, simplify, type Tensors, tensor } from '../../src/program/index.ts';
import { failureOf } from '../support/failure.ts';
import { expectSteps } from './beside.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** Several blocks of a table of this width. */
const [ROWS, N] = [5000, 40];

/** Momentum on a table, by two lists of rows. */
const momentum = (gradient: string, read = 'w[word = labels]'): Program =>
  parseProgram(`
fixed word = ${ROWS}, batch, time, label = 2, n = ${N}
state w[word, n] ~ normal(1)
state m[word, n] ~ 0
data tokens[batch, time] of word
data labels[label] of word
data x[batch, time, n]
data y[label, n]
g = ${gradient}
m' = 0.9 * m + g
w' = w - 0.1 * m'
output read = ${read}
next state m = m'
next state w = w'
`);

const kinds = (program: Program): string[] =>
  partition(simplify(program)).kernels.flatMap(({ streams }) => streams.map(({ kind }) => kind));

const data = (batch: number, seed: number): Tensors => ({
  tokens: indexTensor(
    ['batch', 'time'],
    [batch, 3],
    // The same rows several times, the first and the last of the table among them.
    Array.from({ length: 3 * batch }, (_, k) => [0, ROWS - 1, 1700 + seed, 1700 + seed, k * 97][k % 5] ?? 0),
  ),
  labels: indexTensor(['label'], [2], [0, 1638]),
  x: tensor(['batch', 'time', 'n'], [batch, 3, N], stream(seed, 'x').normals(3 * batch * N)),
  y: tensor(['label', 'n'], [2, N], stream(seed, 'y').normals(2 * N)),
});

const tokens = 'scatter[word = tokens; batch, time](x)';
const labels = 'scatter[word = labels; label](y)';

describe('rows of a table', () => {
  it.each([
    ['one list', tokens, ['state', 'table', 'state']],
    ['two lists', `${tokens} + ${labels}`, ['state', 'table', 'table', 'state']],
    ['a list and more', `2 * ${tokens} + 0.1 * w`, ['state', 'table', 'state']],
    ['a product of two', `${tokens} * ${labels}`, ['state', 'table', 'table', 'state']],
    ['a list whose index does not say all', 'sum[batch](scatter[word = tokens; time](x))', ['state', 'graph', 'state']],
  ])('%s trains as the oracle does', async (_, gradient, expected) => {
    const program = momentum(gradient);
    expect(kinds(program)).toEqual(expected);
    // Batches of several sizes, one of which comes again.
    const steps = [data(4, 1), data(2, 2), data(4, 3)];
    await expectSteps(engine, program, { sizes: {}, data: steps, seed: 3, tolerance: 1e-5 });
  });

  it('may be read by the graph as well', async () => {
    const program = momentum(`${tokens} + ${labels}`, 'sum[word, n](g * g) * w[word = labels]');
    await expectSteps(engine, program, { sizes: {}, data: [data(4, 1), data(2, 2)], seed: 3, tolerance: 1e-5 });
  });

  it('refuses an index that names none, and keeps the state', async () => {
    const stepper = await engine.stepper(momentum(tokens), {}, { seed: 3 });
    const before = stepper.state();
    const given = data(1, 1);
    const bad = Object.assign({}, given, { tokens: indexTensor(['batch', 'time'], [1, 3], [1, 2, ROWS]) });
    const failure = await failureOf(() => stepper.step(bad));
    expect(failure).toMatchObject({ code: 'finite.no-such-row' });
    expect(failure.message).toBe(
      `an index of "g" is ${ROWS}; expected whole numbers from 0 to ${ROWS - 1}, of which each names a row.`,
    );
    expect(stepper.state()).toEqual(before);
    await stepper.release();
  });
});

describe('a table', () => {
  it('has the rows of one block at a time, and nothing of the step before', () => {
    const [rows, width] = [40_000, 4];
    const block = rowsOfBlock(rows, width);
    expect(block).toBe(16_384);
    const memory = new Float32Array(block * width);
    const source = { output: 'x', axes: [], index: 'i', over: [] };
    const table = new Table('g', source, memory, [rows, width]);
    const row = (k: number): number[] => [...memory.subarray(k * width, (k + 1) * width)];
    table.take(Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40, 100, 0, 0, 0), [5, block + 1, 5]);
    table.fill(0);
    expect([row(5), row(1)]).toEqual([
      [101, 2, 3, 4],
      [0, 0, 0, 0],
    ]);
    table.fill(1);
    expect([row(5), row(1)]).toEqual([
      [0, 0, 0, 0],
      [10, 20, 30, 40],
    ]);
    table.take(Float32Array.of(7, 7, 7, 7), [2 * block]);
    for (const k of [0, 1]) {
      table.fill(k);
      expect(memory.every((value) => value === 0)).toBe(true);
    }
    table.fill(2);
    expect(row(0)).toEqual([7, 7, 7, 7]);
  });

  it.each([
    [3, 5, 3],
    [1000, 1, 1000],
    [30_522, 384, 168],
    [30_522, 100_000, 4],
  ])('of %d rows of %d numbers has blocks of %d', (rows, width, expected) => {
    expect(rowsOfBlock(rows, width)).toBe(expected);
  });
});
