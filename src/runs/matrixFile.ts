/** Matrices as a file, row by row, so that none of them needs to be in memory: npz, safetensors and JSON. */

import { toLittleEndian } from './tensors/littleEndian.ts';
import { npyHeader } from './tensors/npz.ts';
import { tensorsHeader } from './tensors/tensors.ts';
import { zipParts } from './zipStream.ts';

/** A matrix [rows, columns] that is read once, some whole rows at a time, row-major. */
export interface MatrixRows {
  readonly rows: number;
  readonly columns: number;
  read(): AsyncIterable<Float64Array>;
}

/** The formats that matrices are written in. */
export type MatrixFormat = 'npz' | 'safetensors' | 'json';

const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** The format of a file by the end of its name; undefined for other names. */
export function matrixFormat(path: string): MatrixFormat | undefined {
  return (['npz', 'safetensors', 'json'] as const).find((format) => path.toLowerCase().endsWith(`.${format}`));
}

/**
 * The file of matrices of 64-bit numbers by name, in parts, in the order of the names. JSON has them as lists of rows;
 * `further` are more entries of it.
 */
export function matrixFile(
  format: MatrixFormat,
  matrices: Readonly<Record<string, MatrixRows>>,
  further: Readonly<Record<string, unknown>> = {},
): AsyncGenerator<Uint8Array> {
  const ordered = Object.entries(matrices).sort(([a], [b]) => (a < b ? -1 : 1));
  switch (format) {
    case 'npz':
      return npzParts(ordered);
    case 'safetensors':
      return tensorParts(ordered);
    case 'json':
      return jsonParts(ordered, further);
  }
}

type Named = readonly (readonly [name: string, matrix: MatrixRows])[];

function npzParts(matrices: Named): AsyncGenerator<Uint8Array> {
  const files = matrices.map(([name, { rows, columns, read }]) => {
    const header = npyHeader('<f8', [rows, columns]);
    return {
      name: `${name}.npy`,
      size: header.length + BYTES * rows * columns,
      bytes: async function* (): AsyncGenerator<Uint8Array> {
        yield header;
        for await (const part of read()) yield toLittleEndian(part);
      },
    };
  });
  return zipParts(files);
}

async function* tensorParts(matrices: Named): AsyncGenerator<Uint8Array> {
  let position = 0;
  const entries = matrices.map(([name, { rows, columns }]): [string, unknown] => {
    const from = position;
    position += BYTES * rows * columns;
    return [name, { dtype: 'F64', shape: [rows, columns], data_offsets: [from, position] }];
  });
  yield tensorsHeader(Object.fromEntries(entries));
  for (const [, { read }] of matrices) for await (const part of read()) yield toLittleEndian(part);
}

async function* jsonParts(matrices: Named, further: Readonly<Record<string, unknown>>): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder();
  let before = '{';
  for (const [name, { columns, read }] of matrices) {
    let first = true;
    for await (const part of read()) {
      const rows = Array.from({ length: part.length / columns }, (_, k) =>
        JSON.stringify([...part.subarray(k * columns, (k + 1) * columns)]),
      );
      yield text.encode(`${first ? `${before}${JSON.stringify(name)}:[` : ','}${rows.join(',')}`);
      first = false;
    }
    before = '],';
  }
  const rest = Object.entries(further).map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`);
  yield text.encode(`]${rest.join('')}}\n`);
}
