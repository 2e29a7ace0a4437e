/** Inputs of a program from a JSON file. */

import { required } from '../errors/index.ts';
import { feedsOf, type Node, type Program, spaceOf, type Tensor, type Tensors } from '../program/index.ts';
import * as errors from './errors.ts';
import { parseJson } from './jsonText.ts';
import { readText } from './programFile.ts';

/** Problems of one input that are listed: more would be the same one again. */
const MOST_PROBLEMS = 5;

/**
 * Reads the inputs that a file gives: one JSON object with nested arrays by name, nested as the input's axes are. Throws
 * {@link UserError} `cli.malformed-json`, `cli.malformed-data` for other JSON than an object, and `cli.bad-data` with
 * everything that does not fit.
 */
export async function readData(path: string, program: Program): Promise<Tensors> {
  const text = await readText(path, 'a JSON file with the inputs of the program');
  const json = parseJson(text, path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw errors.malformedData(path, `it holds ${typeWords(json)}`);
  }
  const problems: string[] = [];
  const able = feedsOf(program).filter((node) => node.instruction.op === 'input' && !isWide(program, node));
  const tensors = Object.entries(json).flatMap(([name, value]): [string, Tensor][] => {
    const node = able.find((feed) => feed.name === name);
    if (node === undefined) {
      const known = able.map((feed) => feed.name).join(', ') || 'none';
      problems.push(`"${name}" is no input on fixed axes; the program has ${known}`);
      return [];
    }
    const found = tensorOf(value, node, problems);
    return found === undefined ? [] : [[name, found]];
  });
  if (problems.length > 0) throw errors.badData(path, problems);
  return Object.fromEntries(tensors);
}

/** A tensor from nested arrays; what is wrong is added to the problems. */
function tensorOf(value: unknown, { name, type }: Node, problems: string[]): Tensor | undefined {
  const before = problems.length;
  const shape = shapeOf(value, type.axes.length);
  const numbers: number[] = [];
  const walk = (part: unknown, depth: number, where: string): void => {
    const size = shape[depth];
    if (size === undefined) {
      const able = typeof part === 'number';
      const fine = able && (type.kind === 'real' || (Number.isSafeInteger(part) && part >= 0));
      if (fine) numbers.push(part);
      else
        problems.push(
          `${where} is ${valueText(part)}; expected ${type.kind === 'real' ? 'a number' : 'a place from 0 on'}`,
        );
      return;
    }
    if (!Array.isArray(part) || part.length !== size) {
      const axis = required(type.axes[depth], `axis ${depth} of "${name}"`);
      problems.push(`${where} is ${valueText(part)}; expected an array of ${size} along ${axis}`);
      return;
    }
    part.forEach((inner, k) => {
      if (problems.length - before < MOST_PROBLEMS) walk(inner, depth + 1, `${where}[${k}]`);
    });
  };
  if (shape.length < type.axes.length) {
    problems.push(
      `${name} is nested ${shape.length} deep; expected ${type.axes.length}, for [${type.axes.join(', ')}]`,
    );
    return undefined;
  }
  walk(value, 0, name);
  if (problems.length > before) return undefined;
  const data = type.kind === 'index' ? Int32Array.from(numbers) : Float64Array.from(numbers);
  return { axes: type.axes, shape, data };
}

/** Whether a value has a width axis, whose size no file can give. */
export function isWide(program: Program, { type }: Node): boolean {
  return type.axes.some((axis) => program.spaces.some(({ name, kind }) => kind === 'width' && name === spaceOf(axis)));
}

/** Sizes along the first entries, at most `depth` of them. */
function shapeOf(value: unknown, depth: number): number[] {
  if (depth === 0 || !Array.isArray(value)) return [];
  return [value.length, ...shapeOf(value[0], depth - 1)];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : typeWords(value);
}

function typeWords(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
