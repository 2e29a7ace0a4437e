/** Arrays of numbers from CSV, JSON and npy files. */

import { readFile } from 'node:fs/promises';
import { required } from '../errors/index.ts';
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
  const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.trim());
  const isNumber = (cell: string): boolean => (cell !== '' && !Number.isNaN(Number(cell))) || /^[+-]?nan$/i.test(cell);
  const heading = lines.length > 1 && !cellsOf(required(lines[0], 'first line')).every(isNumber) ? 1 : 0;
  const [first] = lines.slice(heading);
  if (first === undefined) throw badArray(path, 'it is empty');
  const columns = cellsOf(first).length;
  // A line at a time: its cells as texts take several times the memory of the numbers.
  const data = new Float64Array((lines.length - heading) * columns);
  for (let k = heading; k < lines.length; k++) {
    const cells = cellsOf(required(lines[k], `line ${k + 1}`));
    if (cells.length !== columns) {
      throw badArray(path, `line ${k + 1} has ${cells.length} cells, the first ${columns}`);
    }
    const bad = cells.find((cell) => !isNumber(cell));
    if (bad !== undefined) throw badArray(path, `line ${k + 1} holds ${JSON.stringify(bad)}`);
    data.set(cells.map(Number), (k - heading) * columns);
  }
  return { shape: [lines.length - heading, columns], data };
}
