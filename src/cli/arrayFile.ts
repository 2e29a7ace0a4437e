/** Arrays of numbers from CSV, JSON and npy files. */

import { readFile } from 'node:fs/promises';
import { decodeNpy, type RealTensor } from '../runs/tensors/index.ts';
import { badArray, unknownArrayFile } from './arrayErrors.ts';
import { unreadableFile } from './errors.ts';
import { parseJson } from './jsonText.ts';
import { readText } from './programFile.ts';

const EXPECTED = 'an array of numbers (.csv, .json, .npy)';

/** Reads an array. Throws {@link UserError} `cli.unknown-array-file`, `cli.unreadable-file`, `cli.bad-array`, `runs.bad-npy`. */
export async function readArray(path: string): Promise<RealTensor> {
  if (/\.npy$/i.test(path)) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw unreadableFile(path, EXPECTED, cause, []);
    });
    return decodeNpy(bytes, `'${path}'`);
  }
  if (/\.json$/i.test(path)) return nestedArray(parseJson(await readText(path, EXPECTED), path), path);
  if (/\.csv$/i.test(path)) return csvArray(await readText(path, EXPECTED), path);
  throw unknownArrayFile(path);
}

/** Nested lists, all of one shape. Throws {@link UserError} `cli.bad-array`. */
export function nestedArray(value: unknown, path: string): RealTensor {
  const shape: number[] = [];
  for (let part: unknown = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  const numbers: number[] = [];
  const walk = (part: unknown, depth: number): void => {
    if (depth === shape.length) {
      // JSON has no NaN and no infinity.
      if (typeof part !== 'number')
        throw badArray(path, `number ${numbers.length + 1} is ${JSON.stringify(part) ?? 'missing'}`);
      numbers.push(part);
    } else {
      if (!Array.isArray(part) || part.length !== shape[depth])
        throw badArray(path, `its lists are not all ${shape.join(' × ')}`);
      for (const inner of part) walk(inner, depth + 1);
    }
  };
  walk(value, 0);
  return { shape, data: Float64Array.from(numbers) };
}

/** Lines of numbers between commas; a first line of other words is a heading. */
function csvArray(text: string, path: string): RealTensor {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const cells = lines.map((line) => line.split(',').map((cell) => cell.trim()));
  const isNumber = (cell: string): boolean => (cell !== '' && !Number.isNaN(Number(cell))) || /^[+-]?nan$/i.test(cell);
  const heading = cells[0]?.some((cell) => !isNumber(cell)) === true && cells.length > 1 ? 1 : 0;
  const rows = cells.slice(heading);
  const [first] = rows;
  if (first === undefined) throw badArray(path, 'it is empty');
  const columns = first.length;
  const numbers = rows.flatMap((row, k) => {
    const line = k + 1 + heading;
    if (row.length !== columns) throw badArray(path, `line ${line} has ${row.length} cells, the first ${columns}`);
    const bad = row.find((cell) => !isNumber(cell));
    if (bad !== undefined) throw badArray(path, `line ${line} holds ${JSON.stringify(bad)}`);
    return row.map(Number);
  });
  return { shape: [rows.length, columns], data: Float64Array.from(numbers) };
}
