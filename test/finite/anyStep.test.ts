/** Random step programs, some of whose weights stay fixed, on batches of changing size: the engine beside the oracle. */

import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { indexTensor, parseProgram, type Tensors, tensor } from '../../src/program/index.ts';
import { expectSteps } from './beside.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** Two to four steps in f32 beside f64 of bounded functions of numbers of order 1. */
const TOLERANCE = 1e-4;
const RUNS = 40;

type Kind = 'state' | 'parameter' | 'initial';
const NAMES = ['a', 'b', 'c', 's'] as const;
/** Values of axes [n, k], their transposes, of [n], and numbers. */
const AXES: Readonly<Record<(typeof NAMES)[number], readonly string[]>> = {
  a: ['[n, k]', '[k, n]'],
  b: ['[n, k]', '[k, n]'],
  c: ['[n]'],
  s: ['[]'],
};
/** Changes of a state, by its axes: through kernels, the graph, and both. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  matrix: ['a', 'tanh(b)', 's * b', 'c * a', 'g', 'g * |batch|^-1', 's * tanh(g) + a * b', 'words', 'd * a'],
  c: ['c', 's * c', 'sum[k](a)', 'sum[batch](h)', '|batch|^-0.5 * tanh(c) * s', 'sum[k](g) * |k|^-1'],
  s: ['s', '|batch|^-1', 's * |n|^-0.5', 'sum[n](tanh(c))', 'tanh(s)', 'e'],
};

const program = fc
  .record({
    kinds: fc.tuple(...NAMES.map(() => fc.constantFrom<Kind>('state', 'state', 'parameter', 'initial'))),
    orders: fc.tuple(...NAMES.map((name) => fc.constantFrom(...AXES[name]))),
    changes: fc.tuple(
      ...NAMES.map((name) => fc.array(fc.constantFrom(...(CHANGES[name] ?? CHANGES.matrix ?? [])), { maxLength: 3 })),
    ),
    outputs: fc.subarray(['h', 'g', 'c', 's', 'a', 'words'], { minLength: 1 }),
  })
  .map(({ kinds, orders, changes, outputs }) => {
    const feeds = NAMES.map((name, k) => `  ${kinds[k]} ${name}${orders[k]} ~ normal(0.5)`);
    const next = NAMES.flatMap((name, k) =>
      kinds[k] === 'state'
        ? [
            `  next state ${name} = ${[`0.5 * ${name}`, ...(changes[k] ?? []).map((one) => `0.1 * (${one})`)].join(' + ')}`,
          ]
        : [],
    );
    return `program random
  width n
  fixed batch, k = 2, word = 3
  data x[batch, k]
  data d[n, k]
  data e[]
  data token[batch] of word
  parameter table[word, n, k] ~ normal(0.5)
  state last[] ~ 0
${feeds.join('\n')}
  keep h[batch, n] = tanh(x @[k] a + s)
  keep g[n, k] = |batch|^-1 * (h @[batch] x)
  keep words[n, k] = sum[batch](table[word = token]) * |batch|^-1
${next.join('\n')}
  next state last = 0.5 * last + e
${outputs.map((name) => `  output "out ${name}" = tanh(${name})`).join('\n')}
`;
  });

function data(batch: number, seed: number): Tensors {
  const normals = (name: string, count: number): Float64Array => stream(seed, name).normals(count);
  return {
    x: tensor(['batch', 'k'], [batch, 2], normals('x', 2 * batch)),
    d: tensor(['n', 'k'], [3, 2], normals('d', 6)),
    e: tensor([], [], normals('e', 1)),
    token: indexTensor(
      ['batch'],
      [batch],
      Array.from({ length: batch }, (_, k) => (k + seed) % 3),
    ),
  };
}

describe('any step program', () => {
  it('is the same in the engine as in the oracle, whatever stays fixed and however batches change', async () => {
    const batches = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(program, batches, fc.nat(100), async (text, sizes, seed) => {
        const steps = sizes.map((batch, k) => data(batch, seed + k));
        await expectSteps(engine, parseProgram(text), { sizes: { n: 3 }, data: steps, seed, tolerance: TOLERANCE });
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });
});
