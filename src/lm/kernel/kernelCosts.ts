/**
 * What the stages of a chain hold in memory when a kernel is computed, counted from their own programs: bytes for one
 * example of so many tokens, of which a batch holds as many times as it has examples.
 */

import { required } from '../../errors/index.ts';
import { type ChainPrograms, outputSizes, peakNumbers, type StagePrograms } from '../../finite/index.ts';
import {
  type Axis,
  bind,
  chainParameters,
  entries,
  gradientName,
  nodeOf,
  type Program,
  type Sizes,
  shapeOf,
  without,
} from '../../program/index.ts';
import { BATCH, type KernelSubject, kernelPrograms, OUTPUT, parameterSizes, TIME } from './kernelPrograms.ts';
import { type StageWork, stageWork } from './stageWork.ts';

/** Bytes of a number in f32, and of an index. */
const NUMBER = 4;

/** What one example takes beside the values of a pass. */
export interface ExampleBytes {
  /** Factors and dense gradients that a stage hands out, of the stage that hands out most. */
  readonly factors: number;
  /** What the backward passes of all stages but the last read of their forward ones. */
  readonly kept: number;
  /** What crosses between two stages, values and cotangents, where most does. */
  readonly boundary: number;
  /** The cotangents alone, where they are most. */
  readonly cotangents: number;
  /** The values that cross between stages, all of them. */
  readonly values: number;
  /** Gradients of rows of tables, those of one row added up. */
  readonly rows: number;
  /** What these are added up from. */
  readonly rowCotangents: number;
}

export class KernelCosts {
  readonly outputs: number;
  /** Bytes of all parameters, tied ones once. */
  readonly parameterBytes: number;
  /** Bytes of each stage's parameters. */
  readonly stageBytes: readonly number[];
  readonly #programs: ChainPrograms;
  readonly #bytes = new Map<number, ExampleBytes>();
  readonly #workspace = new Map<number, number>();
  readonly #work = new Map<number, readonly StageWork[]>();

  /** Throws {@link UserError} `program.mismatch` where an axis other than those of examples and tokens has no size. */
  constructor(subject: KernelSubject) {
    const { chain, outputs } = subject;
    const sizes = parameterSizes(chain);
    const bytesOf = (names: Iterable<string>): number =>
      NUMBER * sum([...new Set(names)].map((name) => required(sizes.get(name), `size of parameter "${name}"`)));
    this.outputs = outputs;
    this.parameterBytes = bytesOf(sizes.keys());
    this.stageBytes = chain.stages.map((stage) =>
      bytesOf(chainParameters({ ...chain, stages: [stage] }).map(({ name }) => name)),
    );
    this.#programs = kernelPrograms(subject);
  }

  /** Bytes of an example of so many tokens. */
  bytes(time: number): ExampleBytes {
    const known = this.#bytes.get(time) ?? this.#count(time);
    this.#bytes.set(time, known);
    return known;
  }

  /** Values of the passes of a stage at their fullest, of the stage that holds most: bytes for an example. */
  workspaceBytes(time: number): number {
    const at = sizesAt(time);
    const known =
      this.#workspace.get(time) ??
      NUMBER *
        this.#most(({ forward, backward, orders }) =>
          Math.max(peakNumbers(forward, at, orders), peakNumbers(backward, at, orders)),
        );
    this.#workspace.set(time, known);
    return known;
  }

  /** Multiplications for an example of so many tokens, by stage. */
  work(time: number): readonly StageWork[] {
    const known = this.#work.get(time) ?? stageWork(this.#programs, sizesAt(time));
    this.#work.set(time, known);
    return known;
  }

  #count(time: number): ExampleBytes {
    const { stages, cuts } = this.#programs;
    const at = sizesAt(time);
    const sizes = this.#sizes(at);
    const size = (axes: readonly Axis[]): number => NUMBER * entries(shapeOf(axes, sizes));
    const crossing = cuts.map(({ values, cotangents }) => ({
      values: sum(values.map(({ axes }) => size(axes))),
      cotangents: sum(cotangents.map(({ axes }) => size(axes))),
    }));
    const tables = stages.flatMap((programs) => rowBytes(programs, size));
    return {
      factors: this.#most((programs) => factorBytes(programs, at)),
      kept: sum(stages.slice(0, -1).map((programs) => bytesKeptByForward(programs, at))),
      boundary: Math.max(...crossing.map(({ values, cotangents }) => values + cotangents)),
      cotangents: Math.max(...crossing.map(({ cotangents }) => cotangents)),
      values: sum(crossing.map(({ values }) => values)),
      rows: sum(tables.map(({ rows }) => rows)),
      rowCotangents: sum(tables.map(({ cotangents }) => cotangents)),
    };
  }

  /** The largest count of a stage; stages of one program count alike. */
  #most(count: (programs: StagePrograms) => number): number {
    const distinct = new Map(this.#programs.stages.map((programs) => [programs.backward, programs]));
    return Math.max(0, ...[...distinct.values()].map(count));
  }

  /** Sizes of the spaces of all stages. */
  #sizes(given: Sizes): Sizes {
    const bound = this.#programs.stages.map(({ stage }) => bind(stage.program, given));
    return Object.assign({ [OUTPUT]: this.outputs }, ...bound);
  }
}

const sizesAt = (time: number): Sizes => ({ [BATCH]: 1, [TIME]: time });

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Bytes of some of a program's outputs. */
function outputBytes(program: Program, given: Sizes, wanted: (name: string) => boolean): number {
  return NUMBER * sum([...outputSizes(program, given)].flatMap(([name, size]) => (wanted(name) ? [size] : [])));
}

function factorBytes({ backward, matrices, dense }: StagePrograms, given: Sizes): number {
  const names = matrices.flatMap(({ input, cotangent }) => [input, cotangent]);
  const handed = new Set([...names, ...dense.map(gradientName)]);
  return outputBytes(backward, given, (name) => handed.has(name));
}

function bytesKeptByForward({ forward, split }: StagePrograms, given: Sizes): number {
  const leaving = new Set(forward.outputs.map(({ name }) => name));
  return outputBytes(split.before, given, (name) => !leaving.has(name));
}

/** An example reads no more rows of a table than it has, and no more than the table has. */
function rowBytes({ stage, rows }: StagePrograms, bytes: (axes: readonly Axis[]) => number) {
  return rows.map(({ local, axis, indexAxes, cotangentAxes }) => {
    const table = nodeOf(stage.program, local).type.axes;
    const row = bytes([OUTPUT, ...without(table, [axis])]);
    const places = Math.min(bytes(without(indexAxes, [BATCH])), bytes([axis])) / NUMBER;
    return { rows: places * row, cotangents: bytes(cotangentAxes) };
  });
}
