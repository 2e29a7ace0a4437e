/** Logits of small checkpoints, in 64 bits, against those of transformers 5.24 (checkpointCases.py). */

import { describe, expect, test } from 'vitest';
import { type LoadedLanguageModel, loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointInMemory } from '../../../src/lm/model/checkpointFiles.ts';
import { checkpointNotes, harmlessNote } from '../../../src/lm/model/checkpointUse.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor, type Tensors, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import recorded from './checkpointCases.json' with { type: 'json' };
import { doubles, floats, type RawTensor, safetensorsFile } from './safetensorsFile.ts';

/** Rounding of two orders of the same few thousand sums and products; gelu_fast has a constant of ten digits. */
const TOLERANCE = 1e-9;

interface Described {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly center: number;
  readonly scale: number;
  readonly dtype?: string;
}

/** A checkpoint as what differs from the usual tensors of its architecture. */
interface Case {
  readonly title: string;
  readonly family: string;
  readonly config: object;
  readonly changed: Readonly<Record<string, Described>>;
  readonly absent: readonly string[];
  readonly logits: readonly number[];
}

const cases = recorded.cases as unknown as readonly Case[]; // as the script writes them

/** The generator of checkpointCases.py. */
function numbers({ shape, seed, center, scale }: Described): Float64Array {
  let state = seed;
  return Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return center + scale * ((state >>> 16) / 2 ** 15 - 1);
  });
}

function written(described: Described): RawTensor {
  const { shape, dtype } = described;
  return dtype === 'F64' ? doubles(shape, numbers(described)) : floats(shape, numbers(described));
}

/** The tensors of a case's file. */
function described({ family, changed, absent }: Case): [string, Described][] {
  const usual: Readonly<Record<string, Described>> = recorded.tensors[family === 'bert' ? 'bert' : 'roberta'];
  return Object.entries({ ...usual, ...changed }).filter(([name]) => !absent.includes(name));
}

const tensorOf = (one: Case, name: string): Described => Object.fromEntries(described(one))[name] ?? expect.fail(name);

function load(one: Case): Promise<LoadedLanguageModel> {
  const files = {
    'config.json': new TextEncoder().encode(JSON.stringify(one.config)),
    'model.safetensors': safetensorsFile(
      Object.fromEntries(described(one).map(([name, tensor]) => [name, written(tensor)])),
    ),
  };
  return loadLanguageModel(checkpointInMemory(files), () => ({
    kind: 'words',
    classes: recorded.labels.length,
    untie: false,
  }));
}

interface Prompt {
  readonly ids: readonly number[];
  readonly place: number;
  readonly labels: readonly number[];
}

function logits(
  { net, weights, config }: LoadedLanguageModel,
  { ids, place, labels }: Prompt = recorded,
): Float64Array {
  const time = ids.length;
  const feeds: Tensors = {
    ...Object.fromEntries(
      Object.entries(weights).map(([name, { axes, shape, data }]) => [
        name,
        tensor(axes, shape, Float64Array.from(data)),
      ]),
    ),
    tokens: indexTensor(['batch', 'time'], [1, time], ids),
    kinds: indexTensor(
      ['batch', 'time'],
      [1, time],
      ids.map(() => 0),
    ),
    positions: indexTensor(
      ['time'],
      [time],
      ids.map((_, t) => t + config.firstPosition),
    ),
    padding: tensor(['batch', "time'"], [1, time], new Float64Array(time)),
    place: indexTensor(['batch'], [1], [place]),
    labels: indexTensor(['class'], [labels.length], labels),
  };
  return Float64Array.from(interpret(net.program, feeds).logits?.data ?? []);
}

describe('logits are those of transformers', () => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const found = logits(await load(one));
    expect(found.length).toBe(one.logits.length);
    one.logits.forEach((expected, k) => {
      expect(Math.abs((found[k] ?? Number.NaN) - expected)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(expected)));
    });
  });

  test('and the cases differ from one another where decoders and activations do', () => {
    const distinct = new Set(cases.map((one) => one.logits.map((value) => value.toFixed(4)).join()));
    expect(distinct.size).toBeGreaterThan(25);
  });
});

const TABLE = 'bert.embeddings.word_embeddings.weight';
const HEAD = 'cls.predictions';
const DIFFERS = (other: string) => `config.json ties it to ${other}, but the file holds different numbers`;
const DECODER = `decoder: ${HEAD}.decoder.weight (${DIFFERS(TABLE)})`;
const BIAS = `bias of the decoder: ${HEAD}.decoder.bias (${DIFFERS(`${HEAD}.bias`)})`;
const ASSUMED = 'not in config.json, so assumed as by transformers:';

const NOTES: Readonly<Record<string, readonly string[]>> = {
  'bert, gelu': [],
  'bert, tied; decoder.weight own, decoder.bias own': [DECODER, BIAS],
  'bert, tied; decoder.weight own, decoder.bias copy': [DECODER],
  'bert, tied; decoder.weight own, decoder.bias absent': [DECODER],
  'bert, tied; decoder.weight copy, decoder.bias copy': [],
  'bert, tied; decoder.weight copy, decoder.bias own': [BIAS],
  'bert, tied; decoder.weight absent, decoder.bias own': [BIAS],
  'bert, untied; decoder.weight own, decoder.bias own': [
    `not used, 1 tensor: ${HEAD}.bias (an untied decoder adds ${HEAD}.decoder.bias)`,
  ],
  'bert, untied; decoder.weight copy, decoder.bias copy': [],
  'bert, only decoder.bias': [],
  "bert, only the decoder's weight": [
    `word embeddings: ${HEAD}.decoder.weight (the file does not hold ${TABLE}, to which config.json ties it)`,
  ],
  'bert, tie_word_embeddings absent, another decoder': [`${ASSUMED} tie_word_embeddings true`, DECODER, BIAS],
  'bert, entries absent': [`${ASSUMED} type_vocab_size 2, layer_norm_eps 1e-12, hidden_act gelu`],
  'camembert, entries absent': [`${ASSUMED} pad_token_id 1, type_vocab_size 2, layer_norm_eps 1e-12`],
  'bert, 64 bits': ['weights: rounded to 32 bits (42 tensors in the file with 64 bits)'],
  'bert, old names and unused heads': [],
};

function caseOf(title: string): Case {
  const one = cases.find((candidate) => candidate.title === title);
  return one ?? expect.fail(`no case "${title}"`);
}

describe('what is not simply read is told', () => {
  test.each(Object.entries(NOTES))('%s', async (title, notes) => {
    expect(checkpointNotes((await load(caseOf(title))).use)).toEqual(notes);
  });

  test('what is known not to matter, in a line of its own', async () => {
    const { use } = await load(caseOf('bert, old names and unused heads'));
    expect(harmlessNote(use)).toBe(
      '2 tensors not needed: the pooler, which no language model reads (1); the head for the next sentence (1)',
    );
    expect(harmlessNote((await load(caseOf('bert, tied; decoder.weight copy, decoder.bias copy'))).use)).toBe(
      '2 tensors not needed: equal to what it is tied to (2)',
    );
  });

  test('an untied decoder whose weight or bias is absent has those that it would be tied to', async () => {
    const one = caseOf('bert, untied; decoder.weight own, decoder.bias own');
    const bias = await load({ ...one, absent: [`${HEAD}.decoder.bias`] });
    expect(checkpointNotes(bias.use)).toEqual([
      `bias of the decoder: ${HEAD}.bias (the file does not hold ${HEAD}.decoder.bias, though config.json does not tie the two)`,
    ]);
    const weight = await load({ ...one, absent: [`${HEAD}.decoder.weight`] });
    expect(checkpointNotes(weight.use)[0]).toBe(
      `decoder: ${TABLE} (the file does not hold ${HEAD}.decoder.weight, though config.json does not tie the two)`,
    );
  });

  test('tensors of further layers and of unknown parts, and entries that nothing is known of', async () => {
    const one = caseOf('bert, gelu');
    const extra = { shape: [2], seed: 1, center: 0, scale: 1 };
    const changed = {
      'bert.encoder.layer.2.output.dense.bias': extra,
      'bert.embeddings.word_embeddings.lora_A': extra,
      'odd\u001b[31m name': extra,
    };
    const config = { ...one.config, alpha_residual: 2, architectures: ['MyBertForMaskedLM'] };
    expect(checkpointNotes((await load({ ...one, config, changed })).use)).toEqual([
      'not used, of config.json: alpha_residual (nexort does not know what it means)',
      'not used, of config.json: MyBertForMaskedLM (not a class of its model_type, bert)',
      'not used, 2 tensors: bert.embeddings.word_embeddings.lora_A, "odd\\u{1B}[31m name" (no part of the model that config.json describes)',
      'not used, 1 tensor: bert.encoder.layer.2.output.dense.bias (layers beyond num_hidden_layers 2)',
    ]);
  });
});

test('an adapter beside the weights, and tensors that the index of shards does not list, are told', async () => {
  const one = caseOf('bert, gelu');
  const tensors = described(one).map(([name, own]): [string, RawTensor] => [name, written(own)]);
  const shard = Object.fromEntries([...tensors, ['spare', floats([1], [1])]]);
  const map = Object.fromEntries(tensors.map(([name]) => [name, 'a.safetensors']));
  const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const { use } = await loadLanguageModel(
    checkpointInMemory({
      'config.json': text(one.config),
      'adapter_config.json': text({}),
      'a.safetensors': safetensorsFile(shard),
      'model.safetensors.index.json': text({ weight_map: map }),
    }),
    () => ({ kind: 'words', classes: 2, untie: false }),
  );
  expect(checkpointNotes(use)).toEqual([
    'not used, 1 file: adapter_config.json (an adapter, which is not put on top of the weights: --adapter does that)',
    'not used, 1 tensor: spare (in a shard, but not where the index has it)',
  ]);
});

describe('every tensor of a file', () => {
  const titles = [
    'bert, old names and unused heads',
    'roberta, silu (gelu in the head)',
    'roberta, untied; decoder.weight own, decoder.bias own',
  ];
  test.each(titles)('bears on the logits, or is listed: %s', async (title) => {
    const one = caseOf(title);
    const whole = await load(one);
    const before = logits(whole);
    const listed = new Set(whole.use.unused.flatMap(({ names }) => names));
    for (const name of described(one).map(([key]) => key)) {
      const shaken = { ...one, changed: { ...one.changed, [name]: { ...tensorOf(one, name), seed: 77 } } };
      const moved = logits(await load(shaken)).some((value, k) => value !== before[k]);
      // Up to rounding, a key's bias cancels in the softmax.
      if (!name.endsWith('self.key.bias')) expect(moved, name).toBe(!listed.has(name));
    }
  });
});

describeWithShared('an untied decoder with its own bias', 'field/untied-decoder-bias', (folder) => {
  test('has the logits of transformers 5.24', async () => {
    const model = await loadLanguageModel(checkpointFolder(folder), () => ({
      kind: 'words',
      classes: 2,
      untie: false,
    }));
    const ids = [2, 7, 144, 68, 148, 93, 55, 57, 4, 6, 3];
    const found = logits(model, { ids, place: 8, labels: [53, 58] });
    expect(found[0]).toBeCloseTo(-6.42319982971453, 9);
    expect(found[1]).toBeCloseTo(12.892467801581494, 9);
    expect(checkpointNotes(model.use)).toEqual([
      `not used, 1 tensor: ${HEAD}.bias (an untied decoder adds ${HEAD}.decoder.bias)`,
    ]);
  });
});
