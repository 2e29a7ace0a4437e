/**
 * Every interpreter of the suite in one table: how what it says of a case is compared with another, and which cases it
 * refuses, with the code of its refusal and the reason. What a browser lacks, an engine, is handed in.
 */

import { NexortError } from '../../src/errors/index.ts';
import type { Engine } from '../../src/finite/index.ts';
import { estimateLimit, exactLimit, isNotClosed, ketInterpreter } from '../../src/kets/index.ts';
import { mean, standardDeviation } from '../../src/numeric/index.ts';
import {
  argument,
  nodeOf,
  outputOf,
  type Program,
  reorder,
  rewrite,
  type Sizes,
  spaceOf,
  type Tensor,
  type Tensors,
  unary,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { deviation, type Feeds, randomFeeds } from './feeds.ts';
import { byKets, drawnOnWidths, KET_TOLERANCE } from './kets.ts';
import { realized, tensorOf } from './realized.ts';

/** A program with its sizes. */
export interface Sized {
  readonly name: string;
  readonly program: Program;
  readonly sizes: Sizes;
}

export const INTERPRETERS = ['engine', 'stepper', 'stored kets', 'lazy kets', 'limit kets', 'exact limit'] as const;
export type InterpreterName = (typeof INTERPRETERS)[number];

/** Of what is allowed, the share that an interpreter takes: below 1 it agrees. */
export type Share = number;

/** What an interpreter says: how far it is from the one that it is compared with, or why it says nothing. */
export type Verdict = { readonly share: Share } | { readonly code: string; readonly message: string };

/** f32 has 24 bits; the longest chains here are a few dozen operations on numbers of order 1. */
export const F32_TOLERANCE = 2e-5;
/** Random programs are chains of up to ten such operations. */
export const F32_RANDOM_TOLERANCE = 1e-4;
/** As stored matrices; besides, a basis of what a matrix has met, orthonormal within its tolerance of 1e-10. */
const LAZY_TOLERANCE = 1e-9;
/** Two means of samples are told apart beyond this many standard errors: t of 15 degrees, some 200 comparisons. */
const STANDARD_ERRORS = 6;
/** Rounding of a mean of a few thousand numbers of order 1, where standard errors are 0. */
const MEAN_TOLERANCE = 1e-9;

const TABLE: Readonly<Record<InterpreterName, (one: Sized, engine: Engine) => Promise<Share | NotClosedCase>>> = {
  engine: async ({ program, sizes, name }, engine) => {
    const feeds = randomFeeds(program, sizes, 1);
    return inOrder(await engine.run(program, feeds, sizes), interpret(program, feeds, sizes)) / f32(name);
  },
  stepper: async ({ program, sizes, name }, engine) => {
    const feeds = randomFeeds(program, sizes, 1);
    const stepper = await engine.stepper(program, sizes, {});
    const found = await stepper.step(feeds);
    await stepper.release();
    return inOrder(found, interpret(program, feeds, sizes)) / f32(name);
  },
  'stored kets': async ({ program, sizes }) => {
    const feeds = randomFeeds(program, sizes, 1);
    const expected = interpret(program, feeds, sizes);
    const f = await byKets(program, feeds, sizes, expected.f?.axes ?? []);
    return worst({ f }, expected) / KET_TOLERANCE;
  },
  'lazy kets': async ({ program: given, sizes }) => {
    const program = drawnOnWidths(given);
    const { n: width = 1, ...fixed } = sizes;
    const data = fixedFeeds(program, sizes);
    const kets = ketInterpreter({ width, seed: 1, sizes: fixed });
    const start = kets.start();
    const { f } = kets.run(program, start, data).outputs;
    if (f === undefined) throw new Error('no output f');
    const drawn = realized(program, kets, start, sizes);
    return worst({ f: tensorOf(f) }, interpret(program, { ...data, ...drawn }, sizes)) / LAZY_TOLERANCE;
  },
  'limit kets': async ({ program: given, sizes, name }) => {
    const program = averages(drawnOnWidths(given));
    const { n: _, ...fixed } = sizes;
    const data = fixedFeeds(program, sizes);
    const rows = (at: (width: number, seed: number) => Tensors): number[][] =>
      Array.from({ length: SEEDS }, (_, seed) => {
        const weights = CURVED.has(name) ? PARABOLA : LINE;
        const values = weights.map((_, k) => numbers(at(2 ** k * NARROW, seed)));
        return [0, 1].map((output) =>
          weights.reduce((sum, weight, k) => sum + weight * (values[k]?.[output] ?? Number.NaN), 0),
        );
      });
    const limits = rows((width, seed) => {
      const kets = ketInterpreter({ width: WIDER * width, seed, sizes: fixed, limit: true });
      const { outputs } = kets.run(program, kets.start(), data);
      return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, tensorOf(value)]));
    });
    const finite = rows((width, seed) => {
      const own = { ...sizes, n: width };
      return interpret(program, { ...randomDraws(program, own, 100 * width + seed), ...data }, own);
    });
    return Math.max(
      ...[0, 1].map((k) => {
        const [a, b] = [limits, finite].map((all) => all.map((row) => row[k] ?? Number.NaN));
        return toldApart(estimated(a ?? []), estimated(b ?? []));
      }),
    );
  },
  'exact limit': async ({ program: given, sizes }) => {
    const program = averages(drawnOnWidths(given));
    const { n: _, ...fixed } = sizes;
    const data = fixedFeeds(program, sizes);
    const [exact = []] = exactLimit(program, { data, sizes: fixed, evaluations: EVALUATIONS });
    const open = exact.flatMap(({ entries }) => entries).find(isNotClosed);
    if (open !== undefined) return { notClosed: open.reason };
    const [sampled = []] = await estimateLimit(program, { data, sizes: fixed, width: 128, seeds: SEEDS });
    return Math.max(
      ...exact.map(({ name, entries: [value = Number.NaN] }) => {
        const estimate = sampled.find((one) => one.name === name)?.entries[0];
        return toldApart(
          { value: Number(value), standardError: 0 },
          estimate ?? { value: Number.NaN, standardError: 0 },
        );
      }),
    );
  },
};

interface NotClosedCase {
  readonly notClosed: string;
}

/** The code of what has no closed form, which is a value and no error. */
export const NOT_CLOSED = 'not closed';

/** What an interpreter says of a case. */
export async function verdictOf(name: InterpreterName, one: Sized, engine: Engine): Promise<Verdict> {
  try {
    const said = await TABLE[name](one, engine);
    return typeof said === 'number' ? { share: said } : { code: NOT_CLOSED, message: said.notClosed };
  } catch (error) {
    if (!(error instanceof NexortError)) throw error;
    return { code: error.code, message: error.message };
  }
}

const f32 = (name: string): number => (name.startsWith('random') ? F32_RANDOM_TOLERANCE : F32_TOLERANCE);

const SEEDS = 16;
/** The smaller of two widths at which the oracle is averaged; kets have more samples of each. */
const NARROW = 8;
const WIDER = 2;
/** Of values at n and 2n: the line in 1/n through them, as the estimator of limits takes it. */
const LINE = [-1, 2];
/** At n, 2n and 4n: the parabola in 1/n. */
const PARABOLA = [1 / 3, -2, 8 / 3];
/** What vanishes like 1/n, of which the square in a cosine does not follow a line. */
const CURVED: ReadonlySet<string> = new Set(['softmax over two axes']);
/** Integrands of one case. */
const EVALUATIONS = 200_000;

/** The worst deviation of all outputs, whose axes must be in the same order. */
function inOrder(found: Tensors, expected: Tensors): number {
  const same = Object.entries(expected).every(([name, { axes }]) => found[name]?.axes.join() === axes.join());
  return same ? worst(found, expected) : Number.POSITIVE_INFINITY;
}

/** The worst deviation of all outputs, on whatever order of axes. */
function worst(found: Tensors, expected: Tensors): number {
  return Math.max(
    ...Object.entries(expected).map(([name, { axes, shape, data }]) => {
      const own = found[name];
      if (own === undefined) return Number.POSITIVE_INFINITY;
      const value = reorder(own, axes);
      return value.shape.join() === shape.join() ? deviation(value.data, data).worst : Number.POSITIVE_INFINITY;
    }),
  );
}

/** Feeds without a law, at random. */
function fixedFeeds(program: Program, sizes: Sizes): Feeds {
  return part(program, randomFeeds(program, sizes, 1), false);
}

/** Feeds with a law, drawn: vectors of order 1, and matrices whose products keep it. */
function randomDraws(program: Program, sizes: Sizes, seed: number): Feeds {
  const drawn = part(program, randomFeeds(program, sizes, seed), true);
  return Object.fromEntries(
    Object.entries(drawn).map(([name, tensor]) => {
      const { instruction } = nodeOf(program, name);
      const law = instruction.op === 'input' ? instruction.law : undefined;
      const isMatrix = law?.kind === 'gaussian' && law.powers.length > 0;
      return [name, isMatrix ? { ...tensor, data: tensor.data.map((x) => x / Math.sqrt(sizes.n ?? 1)) } : tensor];
    }),
  );
}

function part(program: Program, feeds: Feeds, isDrawn: boolean): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).filter(([name]) => {
      const { instruction } = nodeOf(program, name);
      return (instruction.op === 'input' && instruction.law !== undefined) === isDrawn;
    }),
  );
}

/** The means of sin f and cos f over all axes of f, which is what the case gives; both have limits. */
function averages(program: Program): Program {
  const { value } = outputOf(program, 'f');
  return rewrite({ ...program, outputs: [] }, () => undefined, {
    name: program.name,
    end: (writer, moved) => {
      for (const name of ['sin', 'cos'] as const) {
        const wave = writer.map(unary(name, argument(0)), [moved(value)]);
        const isWidth = (axis: string): boolean =>
          program.spaces.some((space) => space.name === spaceOf(axis) && space.kind === 'width');
        const overWidths = writer.reduce('mean', wave, wave.type.axes.filter(isWidth));
        writer.output(name, writer.reduce('mean', overWidths, overWidths.type.axes));
      }
    },
  });
}

const numbers = (outputs: Tensors): number[] => Object.values(outputs).flatMap(({ data }: Tensor) => [...data]);

interface Estimated {
  readonly value: number;
  readonly standardError: number;
}

const estimated = (values: readonly number[]): Estimated => ({
  value: mean(values),
  standardError: (standardDeviation(values) ?? Number.NaN) / Math.sqrt(values.length),
});

function toldApart(a: Estimated, b: Estimated): Share {
  const allowed = STANDARD_ERRORS * Math.hypot(a.standardError, b.standardError) + MEAN_TOLERANCE;
  const share = Math.abs(a.value - b.value) / allowed;
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}
