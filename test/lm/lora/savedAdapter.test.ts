/** Adapters in peft's format: what of their configuration is read, and what is refused, with one message each. */

import { describe, expect, test } from 'vitest';
import { savedAdapter } from '../../../src/lm/lora/savedAdapter.ts';
import { checkpointInMemory } from '../../../src/lm/model/checkpointFiles.ts';
import type { LanguageModelConfig } from '../../../src/nets/index.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';
import { failureOf } from '../../support/failure.ts';
import { floats, safetensorsFile } from '../model/safetensorsFile.ts';

const config: LanguageModelConfig = { ...smallEncoder, family: 'roberta' };
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const plain = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['query', 'value'], bias: 'none' };

interface Made {
  readonly layers: Readonly<Record<string, readonly [rank: number, rows: number, columns: number]>>;
  readonly prefix?: string;
}

const ATTENTION = (blocks: readonly number[], names: readonly string[], rank = 2) =>
  Object.fromEntries(
    blocks.flatMap((block) => names.map((name) => [`layer.${block}.attention.self.${name}`, [rank, 8, 8] as const])),
  );
const USUAL = ATTENTION([0, 1], ['query', 'value']);

function adapter(settings: object, { layers, prefix = 'base_model.model.roberta.encoder.' }: Made = { layers: USUAL }) {
  const tensors = Object.entries(layers).flatMap(([name, [rank, rows, columns]]) => [
    [`${prefix}${name}.lora_A.weight`, floats([rank, columns], new Float32Array(rank * columns).fill(1))] as const,
    [`${prefix}${name}.lora_B.weight`, floats([rows, rank], new Float32Array(rows * rank).fill(2))] as const,
  ]);
  return checkpointInMemory(
    {
      'adapter_config.json': text(settings),
      'adapter_model.safetensors': safetensorsFile(Object.fromEntries(tensors)),
    },
    'adapter',
  );
}

const open = (settings: object, made?: Made) => savedAdapter(adapter(settings, made))(config, 'words');
const query = (block: number): string => `roberta.encoder.layer.${block}.attention.self.query`;

describe('reads', () => {
  test('rank and scale of every layer that target_modules names, and the numbers', async () => {
    const found = await open(plain);
    expect(Object.keys(found.layers)).toHaveLength(4);
    expect(found.layers[query(1)]).toEqual({ rank: 2, scale: 2 });
    expect([...(await found.read(`${query(1)}.lora_B.weight`))]).toEqual(Array(16).fill(2));
  });

  test('a pattern for target_modules, and layers left out', async () => {
    const layers = ATTENTION([0], ['query', 'key']);
    const found = await open({ ...plain, target_modules: '.*\\.0\\..*self\\.(query|key)' }, { layers });
    expect(Object.keys(found.layers)).toHaveLength(2);
    const rest = await open({ ...plain, exclude_modules: ['value'] }, { layers: ATTENTION([0, 1], ['query']) });
    expect(Object.keys(rest.layers)).toEqual([query(0), query(1)]);
    const second = await open({ ...plain, layers_to_transform: [1] }, { layers: ATTENTION([1], ['query', 'value']) });
    expect(Object.keys(second.layers)).toHaveLength(2);
  });

  test('all-linear: every dense layer, the one of the head among them', async () => {
    const blocks = [0, 1].flatMap((block) => [
      ...Object.entries(ATTENTION([block], ['query', 'key', 'value'])),
      [`layer.${block}.attention.output.dense`, [2, 8, 8]] as const,
      [`layer.${block}.intermediate.dense`, [2, 12, 8]] as const,
      [`layer.${block}.output.dense`, [2, 8, 12]] as const,
    ]);
    const named = Object.fromEntries(blocks.map(([name, sizes]) => [`roberta.encoder.${name}`, sizes]));
    const layers = { ...named, 'lm_head.dense': [2, 8, 8] as const };
    const found = await open({ ...plain, target_modules: 'all-linear' }, { layers, prefix: 'base_model.model.' });
    expect(Object.keys(found.layers)).toHaveLength(13);
  });

  test('ranks and alphas by pattern, and alpha/√rank', async () => {
    const layers = { ...USUAL, 'layer.1.attention.self.query': [3, 8, 8] as const };
    const patterns = { rank_pattern: { '1.attention.self.query': 3 }, alpha_pattern: { query: 9 } };
    const found = await open({ ...plain, ...patterns }, { layers });
    expect([found.layers[query(0)], found.layers[query(1)]]).toEqual([
      { rank: 2, scale: 4.5 },
      { rank: 3, scale: 3 },
    ]);
    const stable = await open({ ...plain, use_rslora: true });
    expect(stable.layers[query(0)]?.scale).toBeCloseTo(4 / Math.SQRT2, 12);
  });

  test('an adapter of the bare encoder', async () => {
    const found = await open(plain, { layers: USUAL, prefix: 'base_model.model.encoder.' });
    expect(found.layers[query(0)]).toEqual({ rank: 2, scale: 2 });
  });
});

describe('refuses', () => {
  test.each([
    ['peft_type "IA3"; supported is "LORA"', { peft_type: 'IA3' }],
    ['bias "all"; supported is "none"', { bias: 'all' }],
    ['modules_to_save ["classifier"]', { modules_to_save: ['classifier'] }],
    ['use_dora true', { use_dora: true }],
    ['lora_bias true', { lora_bias: true }],
    ['init_lora_weights "pissa", which changes the model\'s own weights', { init_lora_weights: 'pissa' }],
    ['a_later_invention {"on":true}', { a_later_invention: { on: true } }],
  ])('%s', async (problem, settings) => {
    const error = await failureOf(() => open({ ...plain, ...settings }));
    expect(error).toMatchObject({ code: 'lm.unsupported-adapter' });
    expect(error.message).toContain('adapter/adapter_config.json asks for what is not supported:\n  - ');
    expect(error.message).toContain(problem);
  });

  test.each([
    ['r: expected a whole number of at least 1, found 0', { r: 0 }],
    ['lora_alpha: expected a number, found "8"', { lora_alpha: '8' }],
    ['target_modules: expected names of layers or a pattern, found null', { target_modules: null }],
    ['target_modules: expected a regular expression, found "("', { target_modules: '(' }],
    ['rank_pattern of query: expected a whole number of at least 1, found -1', { rank_pattern: { query: -1 } }],
    ['layers_to_transform: expected numbers of layers, found "all"', { layers_to_transform: 'all' }],
  ])('%s', async (problem, settings) => {
    const error = await failureOf(() => open({ ...plain, ...settings }));
    expect(error).toMatchObject({ code: 'lm.bad-adapter-config' });
    expect(error.message).toContain(problem);
  });

  test.each<[string, RegExp, object, Made]>([
    [
      'another model, of other width',
      /'\S*query\.lora_A\.weight' has shape \[2, 6\], expected \[2, 8\]/,
      plain,
      { layers: { ...USUAL, 'layer.0.attention.self.query': [2, 8, 6] } },
    ],
    [
      'another rank than its configuration says',
      /lora_A\.weight' has shape \[2, 8\], expected \[4, 8\]/,
      { ...plain, r: 4 },
      { layers: USUAL },
    ],
    [
      'fewer blocks',
      /4 missing: '\S*layer\.1\.attention\.self\.query\.lora_A\.weight' \[2, 8\]/,
      plain,
      { layers: ATTENTION([0], ['query', 'value']) },
    ],
    [
      'more blocks',
      /4 that belong to no layer that it changes here: '\S*layer\.2\.\S*query\.lora_A\.weight'/,
      plain,
      { layers: ATTENTION([0, 1, 2], ['query', 'value']) },
    ],
    [
      'layers that are not dense ones of the model',
      /target_modules names none of the dense layers/,
      { ...plain, target_modules: ['c_attn'] },
      { layers: {} },
    ],
  ])('an adapter of %s', async (_, problem, settings, made) => {
    const error = await failureOf(() => open(settings, made));
    expect(error).toMatchObject({ code: 'lm.adapter-mismatch' });
    expect(error.message).toContain("The adapter in 'adapter' does not fit the model:");
    expect(error.message).toMatch(problem);
  });

  test('folders without an adapter, or with a pickled one', async () => {
    const without = await failureOf(() =>
      savedAdapter(checkpointInMemory({ 'config.json': text({}) }))(config, 'words'),
    );
    expect(without).toMatchObject({ code: 'lm.missing-file' });
    expect(without.message).toContain('adapter_config.json');
    const files = { 'adapter_config.json': text(plain), 'adapter_model.bin': new Uint8Array(8) };
    const pickled = await failureOf(() => savedAdapter(checkpointInMemory(files))(config, 'words'));
    expect(pickled).toMatchObject({ code: 'lm.unconverted-weights' });
  });
});
