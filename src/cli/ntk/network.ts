/** The network that kernels are of: layers in a JSON file, one of the library by name, or a program's output. */

import { required } from '../../errors/index.ts';
import type { KernelOptions } from '../../kernels/index.ts';
import { type Example, layerNet, type NetName, namedNet } from '../../nets/index.ts';
import { exponentsFor, type Named, parametrized } from '../../parametrizations/index.ts';
import {
  type Axis,
  feedsOf,
  isUnaryName,
  minus,
  type Node,
  type Program,
  type Sizes,
  type Tensors,
  tensor,
  type UnaryName,
} from '../../program/index.ts';
import type { RealTensor } from '../../runs/tensors/index.ts';
import * as errors from '../arrayErrors.ts';
import { badData, unknownActivation, unknownSizes } from '../errors.ts';
import { parseJson } from '../jsonText.ts';
import { oneOf } from '../netOption.ts';
import { isWide, readData } from '../programData.ts';
import { type ProgramFile, readProgramFile, readText } from '../programFile.ts';

/** A network, once the shape of its inputs is known. */
export interface Network {
  /** In messages. */
  readonly name: string;
  /** Where its instructions stand. */
  readonly file?: ProgramFile;
  /** Inputs that its description holds. */
  readonly inside: { readonly x1?: unknown; readonly x2?: unknown };
  /** The program that takes inputs of this shape each, with what kernels of it need to be told. */
  at(shape: readonly number[]): NetworkProgram;
}

export interface NetworkProgram extends Omit<KernelOptions, 'x1' | 'x2'> {
  readonly program: Program;
  /** Inputs [inputs, …] as its data. */
  fed(inputs: RealTensor): Tensors;
}

/** Axes of an input before its channels. */
const PLACES: Readonly<Record<number, readonly Axis[]>> = { 1: [], 2: ['time'], 3: ['row', 'column'] };

const fedAs =
  (name: string, axes: readonly Axis[], further: Tensors = {}) =>
  ({ shape, data }: RealTensor): Tensors => ({ ...further, [name]: tensor(axes, shape, data) });

const placesOf = (shape: readonly number[]): readonly Axis[] =>
  required(PLACES[shape.length], `axes of inputs of ${shape.length} sizes`);

/** Layers in the language of neural-tangents' stax. Throws {@link UserError} `cli.no-spec`, and those of reading JSON. */
export async function layersOf(path: string): Promise<Network> {
  const description: unknown = parseJson(await readText(path, 'a network described by layers (.json)'), path);
  const { spec, ...inside } = parts(description, path);
  return {
    name: path,
    inside,
    at: (shape) => ({
      program: layerNet(spec, shape).program,
      fed: fedAs('x', ['batch', ...placesOf(shape), 'input']),
      // Widths are those of the description.
      sizes: { n: 1 },
    }),
  };
}

function parts(
  description: unknown,
  path: string,
): { readonly spec: unknown; readonly x1?: unknown; readonly x2?: unknown } {
  if (Array.isArray(description)) return { spec: description };
  if (typeof description !== 'object' || description === null || !('spec' in description)) throw errors.noSpec(path);
  const { spec } = description;
  return {
    spec,
    ...('x1' in description ? { x1: description.x1 } : {}),
    ...('x2' in description ? { x2: description.x2 } : {}),
  };
}

/** Networks of the library that read numbers. */
export const KERNEL_NETS = ['mlp', 'residual-mlp', 'cnn', 'cnn2d', 'rnn', 'gru'] as const satisfies readonly NetName[];

export interface NetChoice {
  readonly net: string;
  readonly depth: number;
  readonly activation?: string;
  readonly biases: boolean;
  readonly parametrization: Named;
  /** The width at which powers of it that are left over are taken. */
  readonly width?: number;
}

/** Sizes of an input before its channels, by what an example is. */
const RANKS: Readonly<Record<Example, number>> = { vector: 1, series: 2, image: 3, text: 1 };

/** A network by name. Throws {@link UserError} `cli.unknown-net`, `cli.unknown-activation`. */
export function networkByName(given: NetChoice): Network {
  const { depth, biases, width, parametrization: chosen } = given;
  const name = oneOf(KERNEL_NETS, given.net, 'compute kernels of');
  const activation = given.activation === undefined ? {} : { activation: functionOf(given.activation) };
  const { reads, make } = namedNet(name);
  return {
    name: `--net ${name}`,
    inside: {},
    at: (shape) => {
      if (!reads.some((example) => RANKS[example] === shape.length)) throw errors.wrongExample(name, shape, reads);
      const net = make({ depth, biases, places: shape.slice(0, -1), ...activation });
      const { parameters, output } = net;
      const { parametrization } = chosen;
      const rates = parameters.map((parameter) => {
        const { c, d } = exponentsFor(parametrization, parameter);
        return [parameter.name, { scale: 1, powers: [{ space: 'n', exponent: minus(d, c) }] }] as const;
      });
      return {
        program: parametrized(net.program, { parametrization, parameters, output }),
        fed: fedAs('x', ['batch', ...placesOf(shape), 'input']),
        output,
        rates: Object.fromEntries(rates),
        ...(width === undefined ? {} : { sizes: { n: width } }),
      };
    },
  };
}

function functionOf(given: string): UnaryName {
  if (!isUnaryName(given)) throw unknownActivation(given);
  return given;
}

export interface ProgramChoice {
  /** The output whose kernels are asked for. */
  readonly output?: string;
  /** The data that x1 and x2 are. */
  readonly input?: string;
  /** The axis of inputs. */
  readonly examples: Axis;
  readonly sizes?: Sizes;
  /** A file with data that are the same for all inputs. */
  readonly data?: string;
}

/**
 * A program's output. Throws {@link UserError} `cli.no-kernel-input`, `cli.bad-data`, `cli.wrong-rank`,
 * `cli.unknown-sizes`, and those of
 * reading programs.
 */
export async function networkOfProgram(path: string, choice: ProgramChoice): Promise<Network> {
  const file = await readProgramFile(path);
  const { examples, output, sizes } = choice;
  const program = anyNumber(file.program, examples);
  checkSymbols(program, examples, sizes ?? {});
  const input = inputOf(program, choice);
  const further = choice.data === undefined ? {} : await readData(choice.data, program);
  if (choice.data !== undefined) {
    const moving = Object.entries(further).filter(([, { axes }]) => axes.includes(examples));
    if (moving.length > 0) {
      const problems = moving.map(([name]) => `${name} differs between inputs; only one such, x1, can be given`);
      throw badData(choice.data, problems);
    }
  }
  const { axes } = input.type;
  // Files have the inputs first.
  const ordered = [examples, ...axes.filter((axis) => axis !== examples)];
  return {
    name: path,
    file,
    inside: {},
    at: (shape) => {
      if (shape.length !== axes.length - 1) throw errors.wrongRank(input.name, ordered, shape);
      return {
        program,
        fed: fedAs(input.name, ordered, further),
        examples,
        ...(output === undefined ? {} : { output }),
        ...(sizes === undefined ? {} : { sizes }),
      };
    },
  };
}

/** Without a number of inputs that the program may state: the file with the inputs has one. */
function anyNumber(program: Program, examples: Axis): Program {
  const spaces = program.spaces.map((space) =>
    space.name === examples && typeof space.size === 'number'
      ? { ...space, size: { symbol: examples, ratio: 1 } }
      : space,
  );
  return { ...program, spaces };
}

function checkSymbols({ name, spaces }: Program, examples: Axis, given: Sizes): void {
  const open = spaces.flatMap((space) =>
    space.name === examples || typeof space.size === 'number' ? [] : [space.size.symbol],
  );
  const unknown = Object.keys(given).filter((symbol) => !open.includes(symbol));
  if (unknown.length > 0) throw unknownSizes(name, unknown, [...new Set(open)], undefined);
}

/** The data that inputs are: real numbers along the axis of examples. */
function inputOf(program: Program, { input, examples }: ProgramChoice): Node {
  const able = feedsOf(program).filter(
    (node) =>
      node.instruction.op === 'input' &&
      node.instruction.law === undefined &&
      node.type.kind === 'real' &&
      node.type.axes.includes(examples) &&
      !isWide(program, node),
  );
  const found =
    input === undefined ? (able.length === 1 ? able[0] : undefined) : able.find(({ name }) => name === input);
  if (found !== undefined) return found;
  const names = able.map(({ name }) => name);
  throw errors.noKernelInput(program.name, input, names, examples);
}
