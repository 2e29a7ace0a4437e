import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UnsupportedError, UserError } from '../../../src/errors/index.ts';
import { describeConfig, maxTokens, readConfig } from '../../../src/lm/model/config.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { describeWithShared } from '../../support/shared.ts';

const BERT = {
  model_type: 'bert',
  vocab_size: 100,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  hidden_size: 12,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 48,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
};

/** As messages list them. */
const TYPES =
  'bert, roberta, xlm-roberta, camembert, distilbert, modernbert, gpt2, gpt_neox, llama, mistral, qwen2, qwen3';

async function read(changes: object) {
  return readConfig(checkpointFolder(await temporaryFolder({ 'config.json': { ...BERT, ...changes } })));
}

async function failure(changes: object) {
  const folder = await temporaryFolder({ 'config.json': { ...BERT, ...changes } });
  return { file: join(folder, 'config.json'), error: await failureOf(() => readConfig(checkpointFolder(folder))) };
}

describe('readConfig', () => {
  it('reads a BERT configuration', async () => {
    expect(await read({})).toEqual({
      family: 'bert',
      vocabulary: 100,
      positions: 64,
      firstPosition: 0,
      tokenTypes: 2,
      width: 12,
      layers: 3,
      heads: 4,
      feedForward: 48,
      activation: 'gelu',
      normEpsilon: 1e-12,
      tied: true,
    });
  });

  it.each(['roberta', 'xlm-roberta', 'camembert'])(
    'reads %s as RoBERTa, whose positions start after the pad id',
    async (model_type) => {
      const config = await read({ model_type, pad_token_id: 3 });
      expect(config).toMatchObject({ family: 'roberta', firstPosition: 4 });
      expect(maxTokens(config)).toBe(60);
      expect(await read({ model_type })).toMatchObject({ firstPosition: 2 });
    },
  );

  it('ignores the pad id of BERT, which has no reserved positions', async () => {
    const config = await read({ pad_token_id: 0 });
    expect(config.firstPosition).toBe(0);
    expect(maxTokens(config)).toBe(64);
  });

  it.each([
    ['gelu', 'gelu'],
    ['gelu_new', 'gelu_tanh'],
    ['gelu_pytorch_tanh', 'gelu_tanh'],
    ['swish', 'silu'],
    ['relu', 'relu'],
  ])('maps hidden_act %s to %s', async (hidden_act, activation) => {
    expect(await read({ hidden_act })).toMatchObject({ activation });
  });

  it('reads whether the decoder is tied', async () => {
    expect(await read({ tie_word_embeddings: false })).toMatchObject({ tied: false });
  });

  it('refuses other architectures and names the supported ones', async () => {
    const { file, error } = await failure({ model_type: 'electra' });
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.code).toBe('lm.unsupported-model');
    expect(error.message).toBe(
      `${file}: model_type is "electra"; supported are ${TYPES}. Nearest to it is modernbert. Choose a checkpoint of one of these.`,
    );
  });

  it('asks which architecture it is where nothing says', async () => {
    const { file, error } = await failure({ model_type: undefined, architectures: ['XLMRobertaForMaskedLM'] });
    expect(error).toMatchObject({
      code: 'lm.no-model-type',
      message: `${file} has no model_type, expected one of ${TYPES}; its architectures are XLMRobertaForMaskedLM. Which is it? Write it into the file, such as "model_type": "xlm-roberta".`,
    });
    const { error: unnamed } = await failure({ model_type: null });
    expect(unnamed.message).toContain('qwen3. Which is it? Write it into the file, such as "model_type": "bert".');
  });

  it.each([
    ['bert', 30522],
    ['roberta', 50265],
    ['xlm-roberta', 30522],
    ['camembert', 30522],
  ])(
    'gives what config.json of a %s lacks the defaults of the reference, and lists it',
    async (model_type, vocabulary) => {
      const folder = await temporaryFolder({ 'config.json': { model_type } });
      const { config, assumed, unknown, otherClasses } = await describeConfig(checkpointFolder(folder));
      expect(config).toEqual({
        family: model_type === 'bert' ? 'bert' : 'roberta',
        vocabulary,
        positions: 512,
        firstPosition: model_type === 'bert' ? 0 : 2,
        tokenTypes: 2,
        width: 768,
        layers: 12,
        heads: 12,
        feedForward: 3072,
        activation: 'gelu',
        normEpsilon: 1e-12,
        tied: true,
      });
      const pad = model_type === 'bert' ? [] : [{ entry: 'pad_token_id', value: 1 }];
      expect(assumed).toEqual([
        { entry: 'vocab_size', value: vocabulary },
        { entry: 'max_position_embeddings', value: 512 },
        ...pad,
        { entry: 'type_vocab_size', value: 2 },
        { entry: 'hidden_size', value: 768 },
        { entry: 'num_hidden_layers', value: 12 },
        { entry: 'num_attention_heads', value: 12 },
        { entry: 'intermediate_size', value: 3072 },
        { entry: 'layer_norm_eps', value: 1e-12 },
        { entry: 'tie_word_embeddings', value: true },
        { entry: 'hidden_act', value: 'gelu' },
      ]);
      expect([unknown, otherClasses]).toEqual([[], []]);
    },
  );

  it('lists entries that nothing is known of, and classes of other architectures', async () => {
    const folder = await temporaryFolder({
      'config.json': {
        ...BERT,
        architectures: ['BertModel', 'MyBert'],
        auto_map: {},
        alibi: true,
        hidden_dropout_prob: 0.1,
      },
    });
    const { unknown, otherClasses } = await describeConfig(checkpointFolder(folder));
    expect(unknown).toEqual(['alibi', 'auto_map']);
    expect(otherClasses).toEqual(['MyBert']);
  });

  it('lists every entry that is missing or impossible', async () => {
    const { file, error } = await failure({
      vocab_size: null,
      hidden_size: 0,
      num_hidden_layers: 2.5,
      num_attention_heads: '4',
      layer_norm_eps: -1,
      tie_word_embeddings: 'yes',
      hidden_act: 3,
    });
    expect(error).toBeInstanceOf(UserError);
    expect(error.code).toBe('lm.bad-config');
    expect(error.message).toBe(
      [
        `${file} does not describe a model:`,
        '  - vocab_size: expected a positive whole number, found null',
        '  - hidden_size: expected a positive whole number, found 0',
        '  - num_hidden_layers: expected a positive whole number, found 2.5',
        '  - num_attention_heads: expected a positive whole number, found "4"',
        '  - layer_norm_eps: expected a positive number, found -1',
        '  - tie_word_embeddings: expected true or false, found "yes"',
        '  - hidden_act: expected a name, found 3',
        "Get the file again from the model's source, or correct the entries.",
      ].join('\n'),
    );
  });

  it('refuses a width that the heads do not divide', async () => {
    const { error } = await failure({ hidden_size: 13 });
    expect(error.message).toContain('hidden_size 13 is not divisible by num_attention_heads 4');
  });

  it('refuses a model without usable positions and a negative pad id', async () => {
    const { error } = await failure({ model_type: 'roberta', max_position_embeddings: 2 });
    expect(error.message).toContain('max_position_embeddings 2 leaves no position after the 2 reserved');
    const { error: pad } = await failure({ model_type: 'roberta', pad_token_id: -1 });
    expect(pad.message).toContain('pad_token_id: expected a token id, found -1');
  });

  it('refuses relative positions, unknown activations and decoders, all at once', async () => {
    const { file, error } = await failure({
      hidden_act: 'prelu',
      position_embedding_type: 'relative_key',
      is_decoder: true,
      add_cross_attention: true,
      pruned_heads: { 1: [0] },
      quantization_config: { bits: 4 },
    });
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.code).toBe('lm.unsupported-config');
    expect(error.message).toBe(
      [
        `${file} asks for what is not supported:`,
        '  - hidden_act "prelu"; supported are gelu, gelu_python, gelu_10, gelu_new, gelu_pytorch_tanh, gelu_python_tanh, gelu_accurate, gelu_fast, quick_gelu, relu, relu2, relu6, leaky_relu, silu, swish, hardswish, mish, tanh, sigmoid, laplace, linear',
        '  - position_embedding_type "relative_key"; supported is "absolute"',
        '  - is_decoder true; supported is an encoder, false',
        '  - add_cross_attention true; supported is a model of text alone, false',
        '  - pruned_heads; supported are models with all their heads',
        '  - quantization_config; supported are weights as plain numbers',
        'Choose another checkpoint.',
      ].join('\n'),
    );
  });

  it('says that the folder does not exist, or is a file', async () => {
    const folder = await temporaryFolder({ 'config.json': BERT });
    const absent = join(folder, 'absent');
    expect(await failureOf(() => readConfig(checkpointFolder(absent)))).toMatchObject({
      code: 'lm.missing-folder',
      message: `'${absent}' does not exist: expected a folder that holds a model (config.json, model.safetensors, tokenizer.json). Check the path; a relative one starts at the current directory.`,
    });
    const file = join(folder, 'config.json');
    expect((await failureOf(() => readConfig(checkpointFolder(file)))).message).toContain(
      `'${file}' is not a folder: expected`,
    );
  });

  it('says what a folder without config.json holds', async () => {
    const folder = await temporaryFolder({ 'vocab.txt': '', 'merges.txt': '' });
    expect(await failureOf(() => readConfig(checkpointFolder(folder)))).toMatchObject({
      code: 'lm.missing-file',
      message: `Folder '${folder}' has no config.json; it holds merges.txt, vocab.txt. Give a complete checkpoint folder, or download the missing file into it.`,
    });
    const empty = await temporaryFolder({});
    expect((await failureOf(() => readConfig(checkpointFolder(empty)))).message).toContain('it holds nothing.');
  });

  it('refuses JSON that is cut short or not an object', async () => {
    const folder = await temporaryFolder({ 'config.json': '{"model_type": "bert"' });
    const file = join(folder, 'config.json');
    // The parser's own words differ between versions of Node.
    const reason = await failureOf(() => readConfig(checkpointFolder(folder))).then(({ data }) => String(data.reason));
    expect(await failureOf(() => readConfig(checkpointFolder(folder)))).toMatchObject({
      code: 'lm.malformed-json',
      message: `${file} is not valid JSON: ${reason}. Repair it or get it again.`,
    });
    const array = await temporaryFolder({ 'config.json': [1] });
    expect((await failureOf(() => readConfig(checkpointFolder(array)))).message).toContain(
      'expected an object {...}, found an array',
    );
  });
});

describeWithShared('readConfig of the reference model', 'reference/lm/tiny_roberta', (folder) => {
  it('reads it', async () => {
    expect(await readConfig(checkpointFolder(folder))).toMatchObject({
      family: 'roberta',
      width: 64,
      heads: 4,
      firstPosition: 2,
    });
  });
});

describeWithShared('configurations in the keys of transformers 4', 'reference/lm-models', (folder) => {
  it.each(['llama', 'llama3_sharded', 'mistral', 'qwen3', 'modernbert'])('%s is the same model', async (name) => {
    const before = JSON.parse(await readFile(join(folder, name, 'config.v4.json'), 'utf8')) as object;
    const older = await describeConfig(checkpointFolder(await temporaryFolder({ 'config.json': before })));
    const newer = await describeConfig(checkpointFolder(join(folder, name)));
    expect(older.config).toEqual(newer.config);
    for (const { assumed, unknown } of [older, newer]) expect([assumed, unknown]).toEqual([[], []]);
  });
});

describe('configurations of decoders', () => {
  const LLAMA = { model_type: 'llama', hidden_size: 16, num_attention_heads: 4, num_key_value_heads: 2 };
  const refused = async (changes: object) => {
    const folder = await temporaryFolder({ 'config.json': { ...LLAMA, ...changes } });
    return failureOf(() => readConfig(checkpointFolder(folder)));
  };

  it('says which scaling of rotary positions is not built, and which are', async () => {
    const error = await refused({ rope_scaling: { rope_type: 'yarn', factor: 4 } });
    expect(error.code).toBe('lm.unsupported-config');
    expect(error.message).toContain('rope_scaling of type "yarn"; supported are default, linear, dynamic, llama3');
  });

  it('collects what is impossible', async () => {
    const error = await refused({ num_key_value_heads: 3, rope_scaling: { type: 'linear', factor: 'four' } });
    expect(error.code).toBe('lm.bad-config');
    expect(error.message).toContain('rope_scaling: expected a positive number as its factor, found "four"');
    expect((await refused({ num_key_value_heads: 3 })).message).toContain(
      'num_attention_heads 4 is not divisible by num_key_value_heads 3',
    );
  });

  it.each([
    ['mistral', {}, 'sliding_window', 4096],
    ['qwen3', {}, 'head_dim', 128],
  ])('gives a %s what it lacks', async (model_type, changes, _, value) => {
    const folder = await temporaryFolder({ 'config.json': { model_type, ...changes } });
    const { attention, headSize } = await readConfig(checkpointFolder(folder));
    expect(model_type === 'qwen3' ? headSize : (attention?.[0]?.near ?? Number.NaN) + 1).toBe(value);
  });

  it('reads windows of the later layers, where a Qwen slides', async () => {
    const slides = { use_sliding_window: true, sliding_window: 8, max_window_layers: 1, num_hidden_layers: 3 };
    const folder = await temporaryFolder({ 'config.json': { ...LLAMA, model_type: 'qwen2', ...slides } });
    const { attention = [] } = await readConfig(checkpointFolder(folder));
    expect(attention.map(({ near }) => near)).toEqual([undefined, 7, 7]);
  });
});
