/** The parts of transformers: one of each, for checkpoints and for networks of any width. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LanguageModelConfig, languageModel, type Net, transformer } from '../../../src/nets/index.ts';
import { NetWriter } from '../../../src/nets/netWriter.ts';
import { type AttentionParts, attention, attentionSpaces } from '../../../src/nets/parts/attention.ts';
import type { Mask } from '../../../src/nets/parts/mask.ts';
import { normalized } from '../../../src/nets/parts/normalization.ts';
import { residual } from '../../../src/nets/parts/residual.ts';
import {
  denseGradients,
  gradientName,
  type Program,
  reverse,
  type Space,
  type TensorData,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { expectClose, feedsFor, REORDERED, read } from '../../program/support.ts';

const NETS = resolve(import.meta.dirname, '../../../src/nets');
const [BATCH, TIME, N, HEADS] = [2, 3, 8, 2];
const sizes = { batch: BATCH, n: N };

/** The width of a network, or of a checkpoint. */
const late: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
const number: Space = { name: 'n', kind: 'fixed', size: N };

function written(width: Space, write: (net: NetWriter) => ReturnType<NetWriter['input']>): Program {
  const net = new NetWriter('part', [
    { name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } },
    { name: 'time', kind: 'fixed', size: TIME },
    width,
    ...attentionSpaces(width, HEADS),
  ]);
  net.writer.output('y', write(net));
  return net.stage().program;
}

const run = (program: Program, name = 'y', more = {}) => {
  const feeds = { ...feedsFor(program, sizes, 3), ...more };
  return read(interpret(program, feeds, sizes), name, ['batch', 'time', 'n']).data;
};

const X = ['batch', 'time', 'n'];

describe('sources', () => {
  const sources = readdirSync(NETS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(NETS, path), 'utf8')] as const);
  const having = (pattern: RegExp): string[] => sources.filter(([, text]) => pattern.test(text)).map(([path]) => path);

  it('write softmax and normalization in one place each', () => {
    expect(having(/'softmax'/)).toEqual([join('parts', 'attention.ts')]);
    expect(having(/'normalize'/)).toEqual([join('parts', 'normalization.ts')]);
  });

  it.each(['attention', 'feedForward', 'normalization', 'residual', 'embedding'])(
    'of BERT and of the transformer take %s from the parts',
    (part) => {
      const takers = having(new RegExp(`from '\\.\\.?/parts/${part}\\.ts'`));
      expect(takers).toEqual(expect.arrayContaining([join('language', 'stages.ts'), 'transformer.ts']));
    },
  );

  it('define no part of their own', () => {
    const defined = having(
      /(function|const|class) \w*([aA]ttention|[nN]ormalized|[rR]esidual\b|[fF]eedForward)\w* ?[(=]/,
    );
    // The attention of the layer language has other scores and mechanisms; its softmax is that of the parts.
    const own = ['selfAttention.ts', join('layers', 'attention.ts')];
    expect(defined.filter((path) => !path.startsWith('parts') && !own.includes(path))).toEqual([]);
  });
});

describe('blocks of BERT and of the transformer', () => {
  const config: LanguageModelConfig = {
    ...{ family: 'bert', vocabulary: 5, positions: 3, firstPosition: 0, tokenTypes: 2, width: N, layers: 2 },
    ...{ heads: HEADS, feedForward: 16, activation: 'gelu', normEpsilon: 1e-5, tied: true },
  };
  const bert = languageModel(config, { kind: 'words', classes: 2, untie: false });
  const gpt = transformer({ vocabulary: 5, context: TIME, depth: 2, heads: HEADS, biases: true });

  it('make the same values of weights on the same axes', () => {
    const values = (net: Net): string[] => {
      const { program } = net.chain.stages[1] ?? expect.fail('no block');
      return program.nodes
        .filter(({ name }) =>
          ['queries', 'keys', 'values', 'shares', 'attended', 'y', 'h', 'g', 'd', 'x'].includes(name),
        )
        .map(({ name, type }) => `${name}[${[...type.axes].sort()}]`);
    };
    expect(values(bert)).toEqual(values(gpt));
    expect(values(bert)).toHaveLength(10);
  });
});

describe('attention', () => {
  const parts: AttentionParts = {
    query: { weight: 'query', bias: 'queryBias' },
    key: { weight: 'key', bias: 'keyBias' },
    value: { weight: 'value' },
    mix: { weight: 'mix', bias: 'mixBias' },
  };
  const attended = (width: Space, rest: Partial<AttentionParts> = {}, mask?: (net: NetWriter) => Mask): Program =>
    written(width, (net) => {
      const masked = mask === undefined ? {} : { mask: mask(net) };
      return attention(net, net.input('x', X), { ...parts, ...rest, ...masked });
    });

  it.each(['1/d', '1/sqrt(d)'] as const)('is one function, its width a symbol or a number, with %s', (scaling) => {
    expectClose(run(attended(late, { scaling })), run(attended(number, { scaling })), REORDERED);
  });

  it('looks at no later place by time as by padding that hides the last place', () => {
    const places = (net: NetWriter): Mask => ({
      by: 'time',
      places: net.writer.write({ op: 'constant', type: { kind: 'real', axes: ['time'] }, values: [0, 1, 2] }),
    });
    const padding = (net: NetWriter): Mask => ({ by: 'padding', added: net.input('padding', ['batch', "time'"]) });
    const hidden = tensor(['batch', "time'"], [BATCH, TIME], [0, 0, -1e9, 0, 0, -1e9]);
    const causal = run(attended(number, {}, places));
    const padded = run(attended(number, {}, padding), 'y', { padding: hidden });
    const free = run(attended(number));
    // The middle of three places sees the first two either way, the last one all of them.
    const at = (data: TensorData, t: number): TensorData => data.subarray(t * N, (t + 1) * N);
    expectClose(at(causal, 1), at(padded, 1), REORDERED);
    expectClose(at(causal, 2), at(free, 2), REORDERED);
    expect(Math.abs((at(causal, 0)[0] ?? 0) - (at(padded, 0)[0] ?? 0))).toBeGreaterThan(1e-3);
  });

  it('declares that its key bias has no gradient, which is so', () => {
    const program = attended(number);
    const options = { output: 'y', seed: X };
    expect(reverse(program, options).zero.map(({ parameter }) => parameter)).toEqual(['keyBias']);
    const undeclared: Program = {
      ...program,
      nodes: program.nodes.map((node) => {
        if (node.instruction.op !== 'parameter') return node;
        const { zeroGradient: _, ...instruction } = node.instruction;
        return { ...node, instruction };
      }),
    };
    const backward = denseGradients(reverse(undeclared, options));
    const found = interpret(backward, feedsFor(backward, sizes, 3), sizes);
    const largest = (name: string): number => Math.max(...read(found, gradientName(name)).data.map(Math.abs));
    // Terms of order 1 that cancel, and those of a bias that do not.
    expect(largest('keyBias')).toBeLessThan(1e-12);
    expect(largest('queryBias')).toBeGreaterThan(1e-3);
  });
});

describe('layer norm', () => {
  const names = { gain: 'gain', shift: 'shift' };

  it('multiplies by the gain, or by 1 plus it', () => {
    const [whole, plus] = (['gain', '1 + gain'] as const).map((gains) =>
      written(number, (net) => normalized(net, net.input('x', X), { ...names, gains })),
    );
    if (whole === undefined || plus === undefined) return expect.fail('not written');
    const gain = (add: number) => ({
      gain: tensor(
        ['n'],
        [N],
        Array.from({ length: N }, (_, k) => k + add),
      ),
    });
    expectClose(run(whole, 'y', gain(1)), run(plus, 'y', gain(0)), REORDERED);
  });

  it.each(['before', 'after'] as const)('stands %s a residual part', (normed) => {
    const norm = { ...names, gains: 'gain' } as const;
    const doubled = written(number, (net) => {
      const x = net.input('x', X);
      return residual(net, x, { norm, normed, value: 'sum' }, (z) => net.sum([z, z]));
    });
    const byHand = written(number, (net) => {
      const x = net.input('x', X);
      if (normed === 'after') return normalized(net, net.sum([x, x, x]), norm);
      const z = normalized(net, x, norm);
      return net.sum([x, z, z]);
    });
    expectClose(run(doubled), run(byHand), REORDERED);
  });
});
