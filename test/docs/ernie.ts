/**
 * ERNIE without ids of tasks as `modeling_ernie.py` of transformers has it, written out in plain loops: what the example change of
 * docs/architecture.md is compared with. It shares nothing with the nets of this library.
 */

import { erf, stream } from '../../src/numeric/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';

export const CONFIG = {
  model_type: 'ernie',
  vocab_size: 9,
  max_position_embeddings: 8,
  type_vocab_size: 2,
  hidden_size: 4,
  num_attention_heads: 2,
  num_hidden_layers: 2,
  intermediate_size: 6,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
};

/** Rows of numbers; a vector is one row. */
type Rows = readonly (readonly number[])[];
type Weights = Readonly<Record<string, Rows>>;

/** Shapes by the names of transformers; `decoder` is the word embeddings, and so is no tensor of its own. */
function shapes(): Record<string, readonly number[]> {
  const { vocab_size: words, hidden_size: width, intermediate_size: wide } = CONFIG;
  const dense = (name: string, rows: number, columns: number) => ({
    [`${name}.weight`]: [rows, columns],
    [`${name}.bias`]: [rows],
  });
  const norm = (name: string) => ({ [`${name}.weight`]: [width], [`${name}.bias`]: [width] });
  const layers = Array.from({ length: CONFIG.num_hidden_layers }, (_, k) => {
    const layer = `ernie.encoder.layer.${k}`;
    return {
      ...dense(`${layer}.attention.self.query`, width, width),
      ...dense(`${layer}.attention.self.key`, width, width),
      ...dense(`${layer}.attention.self.value`, width, width),
      ...dense(`${layer}.attention.output.dense`, width, width),
      ...norm(`${layer}.attention.output.LayerNorm`),
      ...dense(`${layer}.intermediate.dense`, wide, width),
      ...dense(`${layer}.output.dense`, width, wide),
      ...norm(`${layer}.output.LayerNorm`),
    };
  });
  return Object.assign(
    {
      'ernie.embeddings.word_embeddings.weight': [words, width],
      'ernie.embeddings.position_embeddings.weight': [CONFIG.max_position_embeddings, width],
      'ernie.embeddings.token_type_embeddings.weight': [CONFIG.type_vocab_size, width],
      ...norm('ernie.embeddings.LayerNorm'),
      ...dense('cls.predictions.transform.dense', width, width),
      ...norm('cls.predictions.transform.LayerNorm'),
      'cls.predictions.bias': [words],
    },
    ...layers,
  );
}

/** A checkpoint of random weights, and these weights. */
export function ernie(): { readonly file: Uint8Array; readonly weights: Weights } {
  const source = stream(3, 'ernie');
  const tensors = Object.entries(shapes()).map(([name, shape]) => {
    const center = name.endsWith('LayerNorm.weight') ? 1 : 0;
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from(source.substream(name).normals(count), (z) => center + 0.4 * z);
    return { name, shape, data };
  });
  const rowsOf = (shape: readonly number[], data: Float32Array): Rows => {
    const columns = shape.at(-1) ?? 1;
    return Array.from({ length: data.length / columns }, (_, k) => [...data.subarray(k * columns, (k + 1) * columns)]);
  };
  return {
    file: safetensorsFile(Object.fromEntries(tensors.map(({ name, shape, data }) => [name, floats(shape, data)]))),
    weights: Object.fromEntries(tensors.map(({ name, shape, data }) => [name, rowsOf(shape, data)])),
  };
}

/** The logits of label words at a place of a text. */
export function logitsOf(
  weights: Weights,
  ids: readonly number[],
  place: number,
  labels: readonly number[],
): readonly number[] {
  const table = (name: string): Rows => weights[name] ?? [];
  const vector = (name: string): readonly number[] => table(name)[0] ?? [];
  const dense = (name: string, x: readonly number[]): number[] =>
    plus(
      table(`${name}.weight`).map((row) => dot(row, x)),
      vector(`${name}.bias`),
    );
  const norm = (name: string, x: readonly number[]): number[] => {
    const mean = sum(x) / x.length;
    const variance = sum(x.map((one) => (one - mean) ** 2)) / x.length;
    const scaled = x.map((one) => (one - mean) / Math.sqrt(variance + CONFIG.layer_norm_eps));
    return plus(
      scaled.map((one, k) => one * (vector(`${name}.weight`)[k] ?? Number.NaN)),
      vector(`${name}.bias`),
    );
  };

  const embedding = (part: string, row: number): readonly number[] =>
    table(`ernie.embeddings.${part}_embeddings.weight`)[row] ?? [];
  let states = ids.map((id, time) =>
    norm(
      'ernie.embeddings.LayerNorm',
      plus(plus(embedding('word', id), embedding('token_type', 0)), embedding('position', time)),
    ),
  );
  for (let k = 0; k < CONFIG.num_hidden_layers; k++) {
    const layer = `ernie.encoder.layer.${k}`;
    const size = CONFIG.hidden_size / CONFIG.num_attention_heads;
    const [queries, keys, values] = (['query', 'key', 'value'] as const).map((part) =>
      states.map((x) => dense(`${layer}.attention.self.${part}`, x)),
    );
    states = states.map((x, time) => {
      const attended = x.map((_, coordinate) => {
        const start = Math.floor(coordinate / size) * size;
        const head = (row: readonly number[] | undefined): readonly number[] => row?.slice(start, start + size) ?? [];
        const scores = keys?.map((key) => Math.exp(dot(head(queries?.[time]), head(key)) / Math.sqrt(size))) ?? [];
        return dot(scores, values?.map((value) => value[coordinate] ?? Number.NaN) ?? []) / sum(scores);
      });
      const y = norm(
        `${layer}.attention.output.LayerNorm`,
        plus(x, dense(`${layer}.attention.output.dense`, attended)),
      );
      const hidden = dense(`${layer}.intermediate.dense`, y).map(gelu);
      return norm(`${layer}.output.LayerNorm`, plus(y, dense(`${layer}.output.dense`, hidden)));
    });
  }
  const turned = norm(
    'cls.predictions.transform.LayerNorm',
    dense('cls.predictions.transform.dense', states[place] ?? []).map(gelu),
  );
  return labels.map((label) => dot(embedding('word', label), turned) + (vector('cls.predictions.bias')[label] ?? 0));
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const dot = (x: readonly number[], y: readonly number[]): number => sum(x.map((one, k) => one * (y[k] ?? Number.NaN)));
const plus = (x: readonly number[], y: readonly number[]): number[] => x.map((one, k) => one + (y[k] ?? Number.NaN));
const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
