/** What a program is run on besides what it draws: inputs from a file, and sizes that its text leaves open. */

import { required } from '../errors/index.ts';
import {
  analyze,
  bind,
  feedsOf,
  type Program,
  type Size,
  type Sizes,
  spaceOf,
  type Tensors,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { isWide, readData } from './programData.ts';
import { type ProgramFile, placed } from './programFile.ts';

/** Everything that widths and seeds do not decide. */
export interface ProgramInputs {
  readonly data: Tensors;
  /** By symbol, that of the width left out. */
  readonly sizes: Sizes;
}

/**
 * Inputs of a program from `--data` and `--size`. Throws {@link UserError} `cli.malformed-json`, `cli.malformed-data`, `cli.bad-data`,
 * `cli.inputs-without-numbers`, `cli.unknown-sizes`, `cli.missing-sizes`, and `program.mismatch` where sizes disagree.
 */
export async function programInputs(
  file: ProgramFile,
  given: Sizes,
  dataPath: string | undefined,
): Promise<ProgramInputs> {
  const { program } = file;
  const data = dataPath === undefined ? {} : await readData(dataPath, program);
  checkGiven(file, data);
  const sizes = sizesOf(program, given, data);
  const outside = placesOutside(program, data, sizes);
  if (dataPath !== undefined && outside.length > 0) throw errors.badData(dataPath, outside);
  return { data, sizes };
}

/** Indices beyond the space that they point into. */
function placesOutside(program: Program, data: Tensors, sizes: Sizes): string[] {
  return feedsOf(program).flatMap(({ name, type }) => {
    const given = data[name];
    if (given === undefined || type.kind !== 'index') return [];
    const { size } = required(
      program.spaces.find((space) => space.name === type.of),
      `space "${type.of}"`,
    );
    const unit = typeof size === 'number' ? 1 : sizes[size.symbol];
    // A width is any number.
    if (unit === undefined) return [];
    const most = unit * (typeof size === 'number' ? size : size.ratio);
    const [wrong] = given.data.filter((place) => place >= most);
    return wrong === undefined ? [] : [`${name} has ${wrong}; expected places below ${most}, the size of ${type.of}`];
  });
}

const symbolsOf = (size: Size): string[] => (typeof size === 'number' ? [] : [size.symbol]);

function sizesOf(program: Program, given: Sizes, data: Tensors): Sizes {
  const { spaces } = program;
  const width = analyze(program).widths.symbol;
  const open = [...new Set(spaces.flatMap(({ size }) => symbolsOf(size)))].filter((symbol) => symbol !== width);
  const unknown = Object.keys(given).filter((symbol) => !open.includes(symbol));
  if (unknown.length > 0) throw errors.unknownSizes(program.name, unknown, open, width);
  const inData = new Set(Object.values(data).flatMap(({ axes }) => axes.map(spaceOf)));
  const bound = [
    ...Object.keys(given),
    ...spaces.flatMap(({ name, size }) => (inData.has(name) ? symbolsOf(size) : [])),
  ];
  const used = spaces.flatMap(({ name, size }) => (isUsed(program, name) ? symbolsOf(size) : []));
  const missing = open.filter((symbol) => used.includes(symbol) && !bound.includes(symbol));
  if (missing.length > 0) throw errors.missingSizes(program.name, missing);
  const sizes = bind(program, { ...given, ...(width === undefined ? {} : { [width]: trialWidth(program) }) }, data);
  const found = spaces.flatMap(({ name, size }) => {
    const value = sizes[name];
    const free = typeof size !== 'number' && size.symbol !== width && value !== undefined;
    return free ? [[size.symbol, value / size.ratio] as const] : [];
  });
  return { ...given, ...Object.fromEntries(found) };
}

/** The smallest width whose multiples by the program's ratios are whole numbers: any will do to find other sizes. */
function trialWidth({ spaces }: Program): number {
  const ratios = spaces.flatMap(({ kind, size }) => (kind === 'width' && typeof size !== 'number' ? [size.ratio] : []));
  const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-9;
  const tried = Array.from({ length: 1000 }, (_, k) => k + 1);
  return tried.find((width) => ratios.every((ratio) => isWhole(width * ratio))) ?? 1;
}

function isUsed({ nodes }: Program, space: string): boolean {
  return nodes.some(({ type }) => type.axes.some((axis) => spaceOf(axis) === space));
}

/** Inputs without a law need numbers; on a width axis these would be others at every width. */
function checkGiven(file: ProgramFile, data: Tensors): void {
  const { program } = file;
  const messages = feedsOf(program).flatMap((node) => {
    const { name, instruction, type } = node;
    if (instruction.op !== 'input' || instruction.law !== undefined || data[name] !== undefined) return [];
    const axes = type.axes.length === 0 ? '' : `[${type.axes.join(', ')}]`;
    const isState = instruction.role === 'state';
    const law = `state a law, as in "${isState ? `state ${name}${axes} ~ 0` : `initial ${name}${axes} ~ normal(1)`}"`;
    if (isWide(program, node)) {
      return [placed(file, name, `"${name}" has a width axis, so its numbers would be others at every width`, law)];
    }
    const written = isState || type.kind === 'index' ? [] : [`write its numbers down, as in "${name}${axes} = (…)"`];
    const drawn = isState ? [law] : [];
    const ways = [...written, ...drawn, 'give them with --data FILE.json'];
    return [placed(file, name, `"${name}" has neither numbers nor a law`, ways.join('; or '))];
  });
  if (messages.length > 0) throw errors.inputsWithoutNumbers(messages);
}
