/**
 * Families without a reference of their own, GPT-NeoX and Qwen 2: the oracle against plain loops over the formulas, and
 * gradients against central differences; and the kernel of each in f32.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { batchFeeds } from '../../../src/lm/kernel/batches.ts';
import { describeConfig } from '../../../src/lm/model/config.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { type LanguageModelConfig, languageModel, type Net } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import {
  denseGradients,
  entries,
  gradientName,
  indexTensor,
  reorder,
  reverse,
  type Tensor,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { erf } from '../../../src/program/unary.ts';
import { interpret } from '../../../src/reference/index.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { DERIVATIVE_TOLERANCE, difference, inner } from '../differences.ts';

/** Rounding of a few thousand operations in f64. */
const F64_TOLERANCE = 1e-11;
const F32_TOLERANCE = 1e-4;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const IDS = [3, 1, 12, 5, 3, 7];
const LABELS = [4, 7];

const NEOX = {
  ...{ model_type: 'gpt_neox', vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 20, max_position_embeddings: 32, rotary_pct: 0.5, rotary_emb_base: 100 },
};
const QWEN2 = {
  ...{ model_type: 'qwen2', vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4 },
  ...{ num_key_value_heads: 2, intermediate_size: 20, max_position_embeddings: 32, rope_theta: 100 },
};

async function configOf(json: object): Promise<LanguageModelConfig> {
  const folder = await temporaryFolder({ 'config.json': json });
  return (await describeConfig(checkpointFolder(folder))).config;
}

type Weights = Readonly<Record<string, Tensor>>;

/** By the names of checkpoints, on the net's axes. */
function weightsOf({ parameters }: Net): Weights {
  return Object.fromEntries(
    parameters.map(({ name, axes, checkpoint }) => {
      const shape = checkpoint?.axisSizes ?? [];
      const center = /norm\.weight$/.test(name) ? 1 : 0;
      const normals = stream(11, name).normals(entries(shape));
      return [
        name,
        tensor(
          axes,
          shape,
          normals.map((z) => center + 0.4 * z),
        ),
      ];
    }),
  );
}

type Row = readonly number[];
const at = (row: ArrayLike<number>, k: number): number => row[k] ?? Number.NaN;
const range = (size: number): number[] => Array.from({ length: size }, (_, k) => k);
const dot = (a: Row, b: Row): number => a.reduce((sum, value, k) => sum + value * at(b, k), 0);
const plus = (...rows: readonly Row[]): number[] =>
  range(rows[0]?.length ?? 0).map((k) => rows.reduce((sum, row) => sum + at(row, k), 0));

/** Plain loops over what checkpoints store, row-major. */
class Loops {
  readonly weights: Weights;
  constructor(weights: Weights) {
    this.weights = weights;
  }

  data(name: string): ArrayLike<number> {
    return this.weights[name]?.data ?? expect.fail(name);
  }

  row(name: string, k: number, size: number): number[] {
    return range(size).map((j) => at(this.data(name), k * size + j));
  }

  linear(name: string, x: Row): number[] {
    const weight = this.data(`${name}.weight`);
    const bias = this.weights[`${name}.bias`]?.data;
    return range(weight.length / x.length).map(
      (r) => dot(x, this.row(`${name}.weight`, r, x.length)) + (bias === undefined ? 0 : at(bias, r)),
    );
  }

  layerNorm(name: string, x: Row, epsilon: number): number[] {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    return x.map(
      (value, k) =>
        ((value - mean) / Math.sqrt(variance + epsilon)) * at(this.data(`${name}.weight`), k) +
        at(this.data(`${name}.bias`), k),
    );
  }

  meanSquareNorm(name: string, x: Row, epsilon: number): number[] {
    const mean = dot(x, x) / x.length;
    return x.map((value, k) => (value / Math.sqrt(mean + epsilon)) * at(this.data(`${name}.weight`), k));
  }
}

/** The first coordinates of a head, those before `turned`, turned by their place. */
function rotated(x: Row, place: number, turned: number, base: number): number[] {
  const half = turned / 2;
  return x.map((value, k) => {
    if (k >= turned) return value;
    const j = k % half;
    const angle = place * base ** ((-2 * j) / turned);
    const other = k < half ? -at(x, k + half) : at(x, k - half);
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

/** What the last of the places sees: softmax of scores times values. */
function attended(query: Row, keys: readonly Row[], values: readonly Row[]): number[] {
  const powers = keys.map((key) => Math.exp(dot(query, key) / Math.sqrt(query.length)));
  const total = powers.reduce((sum, one) => sum + one, 0);
  return range(values[0]?.length ?? 0).map((k) =>
    powers.reduce((sum, p, t) => sum + (p / total) * at(values[t] ?? [], k), 0),
  );
}

const slice = (x: Row, part: number, size: number): number[] => x.slice(part * size, (part + 1) * size);

function neoxLogits(weights: Weights): number[] {
  const loops = new Loops(weights);
  const [heads, size, turned] = [2, 8, 4];
  let x = IDS.map((id) => loops.row('gpt_neox.embed_in.weight', id, 16));
  for (const l of range(2)) {
    const own = `gpt_neox.layers.${l}`;
    const made = x.map((row) =>
      loops.linear(`${own}.attention.query_key_value`, loops.layerNorm(`${own}.input_layernorm`, row, 1e-5)),
    );
    // Each head has its query, key and value behind one another.
    const part = (t: number, h: number, k: number): number[] => slice(made[t] ?? [], 3 * h + k, size);
    x = x.map((row, t) => {
      const seen = range(heads).flatMap((h) => {
        const keys = range(t + 1).map((s) => rotated(part(s, h, 1), s, turned, 100));
        const values = range(t + 1).map((s) => part(s, h, 2));
        return attended(rotated(part(t, h, 0), t, turned, 100), keys, values);
      });
      const wide = loops.linear(
        `${own}.mlp.dense_h_to_4h`,
        loops.layerNorm(`${own}.post_attention_layernorm`, row, 1e-5),
      );
      const gelu = wide.map((value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2)));
      return plus(row, loops.linear(`${own}.attention.dense`, seen), loops.linear(`${own}.mlp.dense_4h_to_h`, gelu));
    });
  }
  const top = loops.layerNorm('gpt_neox.final_layer_norm', x.at(-1) ?? [], 1e-5);
  return LABELS.map((label) => dot(top, loops.row('embed_out.weight', label, 16)));
}

function qwen2Logits(weights: Weights): number[] {
  const loops = new Loops(weights);
  const [heads, size] = [4, 4];
  let x = IDS.map((id) => loops.row('model.embed_tokens.weight', id, 16));
  for (const l of range(2)) {
    const own = `model.layers.${l}`;
    const normed = x.map((row) => loops.meanSquareNorm(`${own}.input_layernorm`, row, 1e-6));
    const [queries, keys, values] = ['q', 'k', 'v'].map((name) =>
      normed.map((row) => loops.linear(`${own}.self_attn.${name}_proj`, row)),
    );
    x = x.map((row, t) => {
      const seen = range(heads).flatMap((h) => {
        // Two queries share a key.
        const group = Math.floor(h / 2);
        const before = range(t + 1);
        return attended(
          rotated(slice(queries?.[t] ?? [], h, size), t, size, 100),
          before.map((s) => rotated(slice(keys?.[s] ?? [], group, size), s, size, 100)),
          before.map((s) => slice(values?.[s] ?? [], group, size)),
        );
      });
      const y = plus(row, loops.linear(`${own}.self_attn.o_proj`, seen));
      const z = loops.meanSquareNorm(`${own}.post_attention_layernorm`, y, 1e-6);
      const gates = loops.linear(`${own}.mlp.gate_proj`, z);
      const up = loops.linear(`${own}.mlp.up_proj`, z);
      const active = up.map((value, k) => (value * at(gates, k)) / (1 + Math.exp(-at(gates, k))));
      return plus(y, loops.linear(`${own}.mlp.down_proj`, active));
    });
  }
  const top = loops.meanSquareNorm('model.norm', x.at(-1) ?? [], 1e-6);
  return LABELS.map((label) => dot(top, loops.row('lm_head.weight', label, 16)));
}

const words = { kind: 'words', classes: 2, untie: false } as const;

describe.each([
  ['GPT-NeoX', NEOX, neoxLogits],
  ['Qwen 2', QWEN2, qwen2Logits],
] as const)('%s', (_, json, byLoops) => {
  async function subject() {
    const config = await configOf(json);
    const net = languageModel(config, words);
    const weights = weightsOf(net);
    const example = { ids: IDS, place: IDS.length - 1 };
    const feeds: Record<string, Tensor> = {
      ...weights,
      ...batchFeeds({ members: [0], time: IDS.length }, [example], config),
      labels: indexTensor(['class'], [2], LABELS),
    };
    return { net, weights, feeds };
  }

  test('has the logits of plain loops', async () => {
    const { net, weights, feeds } = await subject();
    const found = interpret(net.program, feeds).logits?.data ?? [];
    byLoops(weights).forEach((logit, k) => {
      expect(Math.abs(logit - at(found, k))).toBeLessThan(F64_TOLERANCE);
    });
  });

  test('has the gradients of central differences, exact zeros included, and the engine has them too', async () => {
    const { net, feeds } = await subject();
    const { program } = net;
    const seed = [-1, 1];
    const reversed = reverse(program, { output: 'logits', seed: ['class'], keep: ['batch'] });
    const backward = denseGradients(reversed, ['batch']);
    const all: Tensors = { ...feeds, 'd.logits': tensor(['class'], [2], seed) };
    const results = interpret(backward, all);
    for (const { name, axes } of net.parameters) {
      const feed = feeds[name] ?? expect.fail(name);
      const direction = { ...feed, data: stream(9, name).normals(feed.data.length) };
      const gradient = reorder(results[gradientName(name)] ?? expect.fail(name), ['batch', ...axes]).data;
      const expected = difference(program, feeds, seed, { [name]: direction }, 2e-4);
      const actual = inner(gradient, direction.data);
      expect(Math.abs(actual - expected), name).toBeLessThan(DERIVATIVE_TOLERANCE * Math.max(1, Math.abs(expected)));
    }
    const onEngine = await engine.run(backward, all);
    for (const [name, { data }] of Object.entries(results)) {
      const scale = Math.max(1, ...data.map(Math.abs));
      const other = onEngine[name]?.data ?? [];
      const worst = Math.max(...Array.from(data, (value, k) => Math.abs(value - at(other, k)) / scale));
      expect(worst, name).toBeLessThan(F32_TOLERANCE);
    }
  });
});

test('the bias of the keys that no position turns has no gradient, and is told', async () => {
  const net = languageModel(await configOf(NEOX), words);
  expect(net.zeroEntries?.map(({ parameter }) => parameter)).toEqual(
    [0, 1].map((l) => `gpt_neox.layers.${l}.attention.query_key_value.bias`),
  );
  expect(net.zeroEntries?.[0]?.reason).toContain('where no position turns a key');
  expect(languageModel(await configOf(QWEN2), words).zeroEntries).toBeUndefined();
});

describe('kinds of parameters', () => {
  const SIZES = {
    vocab_size: 13,
    num_hidden_layers: 1,
    hidden_size: 16,
    num_attention_heads: 2,
    intermediate_size: 20,
  };
  const kindsOf = async (json: object) => {
    const { parameters } = languageModel(await configOf({ ...SIZES, ...json }), words);
    const all = parameters.map(({ name, kind }) => [name.replace(/^.*\.(?=[^.]+\.[^.]+$)/, ''), kind] as const);
    return Object.fromEntries(
      (['matrix', 'vector', 'scalar', 'readout'] as const).map((kind) => [
        kind,
        [...new Set(all.filter(([, own]) => own === kind).map(([name]) => name))].sort(),
      ]),
    );
  };

  test('of a Llama', async () => {
    expect(await kindsOf({ model_type: 'llama' })).toEqual({
      matrix: [
        'down_proj.weight',
        'gate_proj.weight',
        'k_proj.weight',
        'o_proj.weight',
        'q_proj.weight',
        'up_proj.weight',
        'v_proj.weight',
      ],
      vector: ['embed_tokens.weight', 'input_layernorm.weight', 'norm.weight', 'post_attention_layernorm.weight'],
      scalar: [],
      readout: ['lm_head.weight'],
    });
  });

  test('of a GPT-2, whose table is a vector that is the readout too', async () => {
    const sizes = { n_embd: 16, n_layer: 1, n_head: 2, n_positions: 8 };
    expect(await kindsOf({ model_type: 'gpt2', ...sizes })).toEqual({
      matrix: ['c_attn.weight', 'c_fc.weight', 'c_proj.weight'],
      vector: [
        ...[
          'c_attn.bias',
          'c_fc.bias',
          'c_proj.bias',
          'ln_1.bias',
          'ln_1.weight',
          'ln_2.bias',
          'ln_2.weight',
          'ln_f.bias',
        ],
        ...['ln_f.weight', 'wpe.weight', 'wte.weight'],
      ],
      scalar: [],
      readout: [],
    });
  });

  test('of a ModernBERT', async () => {
    expect(await kindsOf({ model_type: 'modernbert' })).toEqual({
      matrix: ['Wi.weight', 'Wo.weight', 'Wqkv.weight', 'dense.weight'],
      vector: ['final_norm.weight', 'mlp_norm.weight', 'norm.weight', 'tok_embeddings.weight'],
      scalar: ['decoder.bias'],
      readout: [],
    });
  });
});
