/** What `nexort train` trains on: vectors with a label each, or a text. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { required } from '../../errors/index.ts';
import { type Examples, teacherExamples } from '../../experiments/index.ts';
import { digitExamples } from '../../experiments/node/index.ts';
import { decodeText } from '../../lm/node/index.ts';
import type { SizedRun } from '../../program/index.ts';
import { pixelsWithoutImages } from '../errors.ts';
import { readBytes } from '../programFile.ts';
import * as errors from './errors.ts';
import type { Source, Text, Vectors } from './source.ts';
import { readTable, type TableOptions } from './table.ts';

export interface SourceOptions extends TableOptions {
  /** Of a side of an image. */
  readonly pixels?: number;
}

/** Data that are there without a file. */
export const DATA_NAMES: readonly string[] = ['teacher', 'digits'];

/**
 * Data by name, or from a table (`.csv`, `.tsv`) or a text (`.txt`). Throws {@link UserError}
 * `cli.unknown-training-data`, `cli.pixels-without-images`, `cli.ignore-without-table`, and what reading the file throws.
 */
export async function readSource(given: string, run: SizedRun, options: SourceOptions): Promise<Source> {
  const { pixels } = options;
  const isTable = /\.[ct]sv$/i.test(given);
  if (options.ignore !== undefined && !isTable) throw errors.ignoreWithoutTable(given);
  if (given === 'digits') return vectorsOf(await digitExamples(pixels === undefined ? {} : { pixels }));
  if (pixels !== undefined) throw pixelsWithoutImages(given);
  if (given === 'teacher') return vectorsOf(await teacherExamples({ run }));
  if (isTable) return readTable(given, options);
  if (/\.txt$/i.test(given)) return textOf(given, decodeText(await readBytes(given, 'a text (.txt)'), given));
  throw errors.unknownTrainingData(given, DATA_NAMES);
}

function vectorsOf({ name, input, classes, inputs, labels }: Examples): Vectors {
  const names = Array.from({ length: classes }, (_, k) => String(k));
  return { kind: 'vectors', name, input, classes: names, notes: [], inputs, labels: Float64Array.from(labels) };
}

function textOf(path: string, text: string): Text {
  const characters = [...text];
  const vocabulary = [...new Set(characters)].sort(
    (a, b) => required(a.codePointAt(0), 'code of a character') - required(b.codePointAt(0), 'code of a character'),
  );
  const places = new Map(vocabulary.map((character, k) => [character, k]));
  const codes = Int32Array.from(characters, (character) =>
    required(places.get(character), `place of "${character}" in the vocabulary`),
  );
  return { kind: 'text', name: basename(path), vocabulary, codes };
}

/** A checksum of all numbers, for what goes on with a training on them. */
export function digestOf(source: Source): string {
  const hash = createHash('sha256');
  const parts = source.kind === 'text' ? [source.codes] : [source.inputs, source.labels];
  for (const { buffer, byteOffset, byteLength } of parts) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}
