import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UnsupportedError, UserError } from '../../../src/errors/index.ts';
import { readConfig } from '../../../src/lm/model/config.ts';
import { expectShapes, openTensors } from '../../../src/lm/model/safetensors.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { describeWithShared } from '../../support/shared.ts';
import { doubles, floats, safetensorsFile, sixteenBits } from './safetensorsFile.ts';

async function openFolder(folder: string) {
  const store = await openTensors(checkpointFolder(folder));
  onTestFinished(() => store.close());
  return store;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

describe('openTensors', () => {
  it('reads names, shapes and numbers of the three formats', async () => {
    const folder = await temporaryFolder({
      [SINGLE]: safetensorsFile({
        weight: floats([2, 3], [1, -2, 3.5, 0, 1e-40, 6]),
        half: sixteenBits('F16', [2], [0x3c00, 0x0001]),
        brain: sixteenBits('BF16', [1, 2], [0x3f80, 0xc040]),
        scalar: floats([], [9]),
        empty: floats([0, 4], []),
      }),
    });
    const store = await openFolder(folder);
    expect(store.names).toEqual(['brain', 'empty', 'half', 'scalar', 'weight']);
    expect(store.names.map((name) => store.shape(name))).toEqual([[1, 2], [0, 4], [2], [], [2, 3]]);
    expect(store.has('weight') && !store.has('bias')).toBe(true);
    expect(await store.read('weight')).toEqual(Float32Array.from([1, -2, 3.5, 0, 1e-40, 6]));
    expect(await store.read('half')).toEqual(Float32Array.from([1, 2 ** -24]));
    expect(await store.read('brain')).toEqual(Float32Array.from([1, -3]));
    expect(await store.read('scalar')).toEqual(Float32Array.from([9]));
    expect(await store.read('empty')).toEqual(new Float32Array(0));
  });

  it('returns what was written, for any tensors', async () => {
    const tensor = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size });
      return fc.tuple(fc.constant(shape), values);
    });
    const name = fc.string({ minLength: 1 }).filter((text) => !['__metadata__', '__proto__'].includes(text));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, tensor, { maxKeys: 5, noNullPrototype: true }), async (tensors) => {
        const raw = Object.fromEntries(
          Object.entries(tensors).map(([key, [shape, values]]) => [key, floats(shape, values)]),
        );
        const store = await openTensors(checkpointFolder(await temporaryFolder({ [SINGLE]: safetensorsFile(raw) })));
        expect(store.names).toEqual(Object.keys(tensors).sort());
        for (const [key, [shape, values]] of Object.entries(tensors)) {
          expect(store.shape(key)).toEqual(shape);
          expect(await store.read(key)).toEqual(Float32Array.from(values));
        }
        await store.close();
      }),
      { numRuns: 50 },
    );
  });

  it('reads tensors longer than one portion', async () => {
    const size = (1 << 22) + 5;
    const values = Float32Array.from({ length: size }, (_, i) => i % 1021);
    const store = await openFolder(
      await temporaryFolder({ [SINGLE]: safetensorsFile({ long: floats([size], values) }) }),
    );
    const read = await store.read('long');
    expect(read.length).toBe(size);
    expect(read.findIndex((value, i) => value !== values[i])).toBe(-1);
  });

  it('prefers the single file to an index', async () => {
    const store = await openFolder(
      await temporaryFolder({ [SINGLE]: safetensorsFile({ one: floats([1], [1]) }), [INDEX]: '{}' }),
    );
    expect(store.names).toEqual(['one']);
  });

  it('reads a sharded checkpoint, taking from each shard what the index says', async () => {
    const store = await openFolder(
      await temporaryFolder({
        'a.safetensors': safetensorsFile({ x: floats([1], [1]), unlisted: floats([1], [5]) }),
        'b.safetensors': safetensorsFile({ y: floats([2], [2, 3]) }),
        [INDEX]: { metadata: {}, weight_map: { x: 'a.safetensors', y: 'b.safetensors' } },
      }),
    );
    expect(store.names).toEqual(['x', 'y']);
    expect(await store.read('y')).toEqual(Float32Array.from([2, 3]));
  });

  it('cannot read after close', async () => {
    const store = await openTensors(
      checkpointFolder(await temporaryFolder({ [SINGLE]: safetensorsFile({ x: floats([1], [1]) }) })),
    );
    await store.close();
    await expect(store.read('x')).rejects.toThrow();
  });
});

describe('a checkpoint that is not complete', () => {
  it('is refused when the folder is absent', async () => {
    const folder = join(await temporaryFolder({}), 'absent');
    expect(await failureOf(() => openTensors(checkpointFolder(folder)))).toMatchObject({ code: 'lm.missing-folder' });
  });

  it('is refused without weights, saying what is there', async () => {
    const folder = await temporaryFolder({ 'config.json': {}, 'tokenizer.json': {} });
    const error = await failureOf(() => openTensors(checkpointFolder(folder)));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      `Folder '${folder}' has no model.safetensors and no model.safetensors.index.json; it holds config.json, tokenizer.json. Give a complete checkpoint folder, or download the missing file into it.`,
    );
  });

  it('is refused with pickled weights only, saying how to convert them', async () => {
    const folder = await temporaryFolder({ 'pytorch_model.bin': 'x' });
    expect(await failureOf(() => openTensors(checkpointFolder(folder)))).toMatchObject({
      code: 'lm.unconverted-weights',
      message: `Folder '${folder}' holds pytorch_model.bin but no model.safetensors. Pickled weights are not read: convert them once with Python, "AutoModelForMaskedLM.from_pretrained('${folder}').save_pretrained('${folder}', safe_serialization=True)" (AutoModelForCausalLM for a decoder), or download the model's safetensors file.`,
    });
  });

  it('is refused when a shard is missing', async () => {
    const folder = await temporaryFolder({ [INDEX]: { weight_map: { x: 'a.safetensors' } } });
    expect((await failureOf(() => openTensors(checkpointFolder(folder)))).message).toBe(
      `Folder '${folder}' has no 'a.safetensors', which model.safetensors.index.json lists; it holds model.safetensors.index.json. Download the missing file into it.`,
    );
  });

  it('is refused when the index reaches out of its folder', async () => {
    const folder = await temporaryFolder({ [INDEX]: { weight_map: { x: '../a.safetensors' } } });
    expect(await failureOf(() => openTensors(checkpointFolder(folder)))).toMatchObject({
      code: 'lm.bad-shard-index',
      message: `${join(folder, INDEX)}: tensor 'x' is in '../a.safetensors', and shards lie beside their index. Download the index and its shards again.`,
    });
  });

  it.each([
    [{ weight_map: { x: 3 } }, "tensor 'x' has no file name"],
    [{ weight_map: {} }, 'it has no "weight_map" from tensor names to files'],
    [{}, 'it has no "weight_map" from tensor names to files'],
    [{ weight_map: { x: 'a.safetensors', z: 'a.safetensors' } }, "tensor 'z' is not in 'a.safetensors'"],
  ])('is refused with the index %j', async (index, problem) => {
    const folder = await temporaryFolder({ 'a.safetensors': safetensorsFile({ x: floats([1], [1]) }), [INDEX]: index });
    expect(await failureOf(() => openTensors(checkpointFolder(folder)))).toMatchObject({
      code: 'lm.bad-shard-index',
      message: `${join(folder, INDEX)}: ${problem}. Download the index and its shards again.`,
    });
  });
});

describe('reading a tensor', () => {
  it('refuses an absent name and lists near ones', async () => {
    const folder = await temporaryFolder({
      [SINGLE]: safetensorsFile({ 'bert.encoder.weight': floats([1], [1]), 'cls.bias': floats([1], [1]) }),
    });
    const store = await openFolder(folder);
    const message = `Folder '${folder}' has no tensor 'encoder.weight' among its 2. Did you mean bert.encoder.weight? Check that config.json and the weights belong to the same model.`;
    expect(await failureOf(() => store.read('encoder.weight'))).toMatchObject({ code: 'lm.missing-tensor', message });
    expect((await failureOf(() => store.shape('encoder.weight'))).message).toBe(message);
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('refuses %s, saying where it is', async (text, value) => {
    const folder = await temporaryFolder({ [SINGLE]: safetensorsFile({ w: floats([2, 3], [0, 1, 2, 3, value, 5]) }) });
    const store = await openFolder(folder);
    expect(await failureOf(() => store.read('w'))).toMatchObject({
      code: 'lm.non-finite-tensor',
      message: `${join(folder, SINGLE)}: tensor 'w' is ${text} at [1, 1]; expected finite numbers. The checkpoint is damaged or its training diverged: use another one.`,
    });
  });

  it('says where a NaN is, beyond the first portion too', async () => {
    const rows = (1 << 21) + 2;
    const values = new Float32Array(2 * rows);
    values[2 * (rows - 1) + 1] = Number.NaN;
    const folder = await temporaryFolder({ [SINGLE]: safetensorsFile({ w: floats([rows, 2], values) }) });
    const store = await openFolder(folder);
    expect((await failureOf(() => store.read('w'))).data).toMatchObject({ tensor: 'w', position: [rows - 1, 1] });
  });

  it('refuses other number formats, but opens files that hold them', async () => {
    const ids = { dtype: 'I64', shape: [2], bytes: new Uint8Array(16) };
    const strange = { dtype: 'Q3', shape: [2], bytes: new Uint8Array(1) };
    const folder = await temporaryFolder({ [SINGLE]: safetensorsFile({ ids, strange, w: floats([1], [4]) }) });
    const store = await openFolder(folder);
    expect(await store.read('w')).toEqual(Float32Array.from([4]));
    const error = await failureOf(() => store.read('ids'));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toBe(
      `${join(folder, SINGLE)}: tensor 'ids' is stored as I64; supported are F32, F16, BF16, F64. Save the checkpoint in one of these.`,
    );
    expect(await failureOf(() => store.read('strange'))).toMatchObject({ code: 'lm.unsupported-dtype' });
  });
});

describe('tensors of 64 bits', () => {
  it('are rounded to the nearest numbers of 32', async () => {
    const values = [0.1, -1 / 3, 1e-50, 16777217, 3e38];
    const store = await openFolder(await temporaryFolder({ [SINGLE]: safetensorsFile({ w: doubles([5], values) }) }));
    expect(store.dtype('w')).toBe('F64');
    expect([...(await store.read('w'))]).toEqual(values.map(Math.fround));
  });

  it('are refused where 32 bits do not reach', async () => {
    const folder = await temporaryFolder({ [SINGLE]: safetensorsFile({ w: doubles([2], [1, -1e39]) }) });
    expect(await failureOf(async () => (await openFolder(folder)).read('w'))).toMatchObject({
      code: 'lm.non-finite-tensor',
      message: `${join(folder, SINGLE)}: tensor 'w' is -Infinity at [1] once it is rounded to 32 bits; expected finite numbers. The checkpoint is damaged or its training diverged: use another one.`,
    });
  });
});

describe('equal tensors', () => {
  it('have the same shape and numbers, in whatever format', async () => {
    const store = await openFolder(
      await temporaryFolder({
        [SINGLE]: safetensorsFile({
          a: floats([2, 2], [1, 2, 3, 4]),
          half: sixteenBits('F16', [2, 2], [0x3c00, 0x4000, 0x4200, 0x4400]),
          flat: floats([4], [1, 2, 3, 4]),
          other: floats([2, 2], [1, 2, 3, 4.5]),
        }),
      }),
    );
    expect(await Promise.all(['a', 'half', 'flat', 'other'].map((name) => store.equal('a', name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('are compared beyond one portion', async () => {
    const rows = (1 << 22) + 3;
    const values = new Float32Array(rows);
    const tensors = {
      a: floats([rows], values),
      b: floats([rows], values),
      c: floats([rows], values.fill(1, rows - 1)),
    };
    const store = await openFolder(await temporaryFolder({ [SINGLE]: safetensorsFile(tensors) }));
    expect(await Promise.all(['b', 'c'].map((name) => store.equal('a', name)))).toEqual([true, false]);
  });
});

describe('expectShapes', () => {
  it('lists all missing and mis-shaped tensors at once', async () => {
    const folder = await temporaryFolder({
      [SINGLE]: safetensorsFile({
        'layer.weight': floats([2, 3], [0, 1, 2, 3, 4, 5]),
        'layer.bias': floats([2], [0, 1]),
        'old.gain': floats([1], [1]),
      }),
    });
    const store = await openFolder(folder);
    expect(() => expectShapes(store, [{ name: 'layer.weight', shape: [2, 3] }])).not.toThrow();
    const error = await failureOf(() =>
      expectShapes(
        store,
        [
          { name: 'layer.weight', shape: [3, 2] },
          { name: 'gain', shape: [1] },
          { name: 'layer.bias', shape: [2, 1] },
          { name: 'decoder.embedding', shape: [] },
        ],
        ['config.json has no hidden_size; 768 was assumed.'],
      ),
    );
    expect(error.code).toBe('lm.tensor-mismatch');
    expect(error.message).toBe(
      [
        `The weights in '${folder}' do not fit config.json (2 missing, 2 of another shape):`,
        "  - 'gain' [1] is missing. Did you mean old.gain?",
        "  - 'decoder.embedding' [] is missing.",
        "  - 'layer.weight' has shape [2, 3], expected [3, 2].",
        "  - 'layer.bias' has shape [2], expected [2, 1].",
        '  - config.json has no hidden_size; 768 was assumed.',
        'Check that config.json and the weights belong to the same model.',
      ].join('\n'),
    );
  });

  it('tells a shape from one with further axes', async () => {
    const store = await openFolder(await temporaryFolder({ [SINGLE]: safetensorsFile({ w: floats([2, 1], [0, 1]) }) }));
    expect((await failureOf(() => expectShapes(store, [{ name: 'w', shape: [2] }]))).message).toContain(
      "'w' has shape [2, 1], expected [2].",
    );
  });
});

describe('openTensors of the embedded model', () => {
  it('reads its half-precision embedding with the configured shape', async () => {
    const folder = join(import.meta.dirname, '../../../models/tiny-mlm');
    const store = await openFolder(folder);
    const { vocabulary, width } = await readConfig(checkpointFolder(folder));
    const name = 'bert.embeddings.word_embeddings.weight';
    expectShapes(store, [{ name, shape: [vocabulary, width] }]);
    expect((await store.read(name)).length).toBe(vocabulary * width);
  });
});

describeWithShared('openTensors of the reference model', 'reference/lm/tiny_roberta', (folder) => {
  it('finds its embedding with the configured shape, all finite', async () => {
    const store = await openFolder(folder);
    expectShapes(store, [{ name: 'roberta.embeddings.word_embeddings.weight', shape: [1500, 64] }]);
    for (const name of store.names) {
      expect((await store.read(name)).length).toBe(store.shape(name).reduce((product, n) => product * n, 1));
    }
  });
});
