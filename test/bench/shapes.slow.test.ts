/** Checkpoints with random weights: what is written is what the library reads. */

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encoderTensors, headTensors } from '../../bench/bert/layout.ts';
import { countOf, writeSafetensors } from '../../bench/bert/safetensors.ts';
import { halfBits } from '../../bench/shapes/half.ts';
import { SHAPES, type StoredShape } from '../../bench/shapes/shapes.ts';
import { writeShape } from '../../bench/shapes/write.ts';
import { type LoadedLanguageModel, loadLanguageModel, loadTokenizer } from '../../src/lm/index.ts';
import { halfToNumber } from '../../src/lm/model/halfPrecision.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { nexort } from '../cli/nexort.ts';
import { temporaryFolder } from '../support/folders.ts';

const TOY: StoredShape = {
  layers: 2,
  width: 16,
  heads: 2,
  feedForward: 24,
  vocabulary: 9000,
  positions: 64,
  dtype: 'F16',
};

/** Of one block at TOY: four square matrices with biases, the feed-forward part with biases, two layer norms. */
const BLOCK = 4 * (16 * 16 + 16) + 2 * 16 * 24 + 24 + 16 + 4 * 16;
/** Three tables with a layer norm; dense layer, layer norm and biases of the head, whose decoder is the word table. */
const REST = (9000 + 64 + 2) * 16 + 2 * 16 + (16 * 16 + 16 + 2 * 16 + 9000);

const read = (folder: string): Promise<LoadedLanguageModel> =>
  loadLanguageModel(checkpointFolder(folder), () => ({ kind: 'words', classes: 2, untie: false }));
const digest = async (folder: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(folder, 'model.safetensors')))
    .digest('hex');

describe('writeShape', () => {
  it.each(['F16', 'F32'] as const)('writes a checkpoint in %s that the library reads', async (dtype) => {
    const folder = join(await temporaryFolder({}), 'model');
    const parameters = await writeShape(folder, { ...TOY, dtype }, 1);
    expect(parameters).toBe(2 * BLOCK + REST);
    const { parameterCount, weights, config } = await read(folder);
    expect(parameterCount).toBe(parameters);
    expect(config).toMatchObject({ family: 'bert', layers: 2, width: 16, heads: 2, feedForward: 24, tied: true });
    expect(config).toMatchObject({ vocabulary: 9000, positions: 64 });
    for (const [name, { data }] of Object.entries(weights)) {
      const gain = name.endsWith('LayerNorm.weight');
      expect([name, data.every((value) => value === 1)]).toEqual([name, gain]);
    }
    // 144,000 numbers: of their mean and deviation, five sigmas of the sampling error.
    const table = weights['bert.embeddings.word_embeddings.weight']?.data ?? new Float32Array();
    const mean = table.reduce((sum, value) => sum + value, 0) / table.length;
    const deviation = Math.sqrt(table.reduce((sum, value) => sum + (value - mean) ** 2, 0) / table.length);
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / Math.sqrt(table.length));
    expect(Math.abs(deviation - 0.02)).toBeLessThan((5 * 0.02) / Math.sqrt(2 * table.length));
  });

  it('gives the same bytes for a seed, others for another, and the same numbers in both formats', async () => {
    const folder = await temporaryFolder({});
    const write = async (name: string, shape: StoredShape, seed: number): Promise<string> => {
      await writeShape(join(folder, name), shape, seed);
      return digest(join(folder, name));
    };
    const first = await write('first', TOY, 1);
    expect(await write('again', TOY, 1)).toBe(first);
    expect(await write('other', TOY, 2)).not.toBe(first);
    await write('f32', { ...TOY, dtype: 'F32' }, 1);
    const [half, single] = [(await read(join(folder, 'first'))).weights, (await read(join(folder, 'f32'))).weights];
    for (const [name, { data }] of Object.entries(half)) {
      // Ten bits of fraction, or the spacing of subnormal numbers.
      const exact = single[name]?.data ?? [];
      const wrong = data.findIndex((value, k) => {
        const wanted = exact[k] ?? Number.NaN;
        return !(Math.abs(value - wanted) <= Math.max(2 ** -11 * Math.abs(wanted), 2 ** -25));
      });
      expect([name, wrong]).toEqual([name, -1]);
    }
  });

  it('begins tensors, and runs of one tensor, at places of their own', async () => {
    const folder = await temporaryFolder({});
    await writeShape(join(folder, 'toy'), TOY, 1);
    const { weights } = await read(join(folder, 'toy'));
    const table = weights['bert.embeddings.word_embeddings.weight']?.data ?? new Float32Array();
    const starts = Object.entries(weights)
      .filter(([name]) => !name.endsWith('LayerNorm.weight'))
      .map(([, { data }]) => data.slice(0, 8).join());
    const runs = [0, 2 ** 16, 2 ** 17].map((start) => table.slice(start, start + 8).join());
    expect(new Set([...starts, ...runs]).size).toBe(starts.length + 2); // the first run is the table's start
  });

  it('overwrites nothing', async () => {
    const folder = await temporaryFolder({ 'config.json': { mine: true } });
    await expect(writeShape(folder, TOY, 1)).rejects.toThrow('EEXIST');
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe('{"mine":true}');
  });

  it('writes what the command line classifies with', async () => {
    const folder = await temporaryFolder({});
    const model = join(folder, 'model');
    await writeShape(model, TOY, 1);
    expect((await loadTokenizer(checkpointFolder(model))).vocabulary).toBe(8192);
    const options = ['--model', model, '--seeds', '13', '--k', '2', '--limit', '4', '--out', join(folder, 'run')];
    const { code, stdout, stderr } = await nexort('kernel', 'afinn', ...options, '--json');
    expect(code, stderr).toBe(0);
    const { parameters, evaluated } = JSON.parse(stdout); // of the command
    expect([parameters.count, evaluated]).toEqual([2 * BLOCK + REST, 4]);
  });
});

describe('SHAPES', () => {
  const count = (shape: StoredShape): number =>
    Object.values({ ...encoderTensors(shape), ...headTensors(shape) }).reduce((sum, sizes) => sum + countOf(sizes), 0);

  it('base is roberta-base but for a second token type', () => {
    // RobertaForMaskedLM of transformers at roberta-base's config: 124,697,433.
    expect(count(SHAPES.base)).toBe(124_697_433 + 768);
  });

  it('big has 1.3 billion parameters', () => {
    const block = 4 * (2048 ** 2 + 2048) + 2 * 2048 * 8192 + 8192 + 2048 + 4 * 2048;
    const rest = (50265 + 512 + 2) * 2048 + 2 * 2048 + (2048 ** 2 + 2048 + 2 * 2048 + 50265);
    expect(count(SHAPES.big)).toBe(24 * block + rest);
    expect(24 * block + rest).toBe(1_316_848_729);
  });
});

describe('writeSafetensors', () => {
  it('writes an aligned header, then the pieces, and holds them to the sizes', async () => {
    const folder = await temporaryFolder({});
    const file = join(folder, 'model.safetensors');
    const pieces = [Uint8Array.of(0, 60), Uint8Array.of(0, 188, 0, 64)];
    await writeSafetensors(file, 'F16', { a: [3], b: [] }, (name) =>
      name === 'a' ? pieces : [pieces[0] ?? new Uint8Array()],
    );
    const bytes = await readFile(file);
    const header =
      '{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"F16","shape":[],"data_offsets":[6,8]}}';
    expect(Number(bytes.readBigUInt64LE())).toBe(Math.ceil(header.length / 8) * 8);
    expect(bytes.subarray(8, -8).toString().trimEnd()).toBe(header);
    expect([...bytes.subarray(-8)]).toEqual([0, 60, 0, 188, 0, 64, 0, 60]);
    expect((await stat(file)).size % 8).toBe(0);
    const short = writeSafetensors(join(folder, 'short'), 'F16', { a: [3] }, () => [new Uint8Array(4)]);
    await expect(short).rejects.toThrow('tensor a got 4 bytes in place of 6');
  });
});

describe('halfBits', () => {
  it('gives back every finite bit pattern but negative zero', () => {
    const patterns = Array.from({ length: 1 << 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    expect(patterns.filter((bits) => bits !== 0x8000 && halfBits(halfToNumber(bits)) !== bits)).toEqual([]);
    expect(halfBits(-0)).toBe(0);
  });

  it('is nearest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -65504, max: 65504, noNaN: true }),
        fc.integer({ min: 0, max: 30 }),
        (value, shift) => {
          const scaled = value * 2 ** -shift;
          const bits = halfBits(scaled);
          const away = (pattern: number) => Math.abs(halfToNumber(pattern) - scaled);
          const neighbors = [bits - 1, bits + 1].filter((pattern) => (pattern & 0x7c00) !== 0x7c00 && pattern >= 0);
          return neighbors.every((pattern) => away(bits) <= away(pattern));
        },
      ),
    );
  });

  it('refuses what 16 bits do not hold', () => {
    expect(() => halfBits(70000)).toThrow('70000 is no 16-bit number');
    expect(() => halfBits(Number.NaN)).toThrow('NaN is no 16-bit number');
  });
});
