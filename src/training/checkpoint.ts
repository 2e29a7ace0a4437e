/**
 * Checkpoints: everything that training needs to go on as if it had never stopped. Plain data here; files are written by
 * a store (`nexort/runs` has one of safetensors files).
 *
 * Tensors are the state by name, in the numbers that it is computed in, and `nexort.losses`. Texts are the step, the
 * seed, the sizes, the program itself in its text form, and what the caller says of itself, such as its data.
 */

import {
  bind,
  isCarried,
  type Program,
  printProgram,
  type Sizes,
  shapeOf,
  type TensorData,
  type Tensors,
} from '../program/index.ts';
import * as errors from './errors.ts';
import type { Evaluated } from './result.ts';
import { heldBy } from './start.ts';

/** Row-major numbers on the axes that the program knows, one size for each. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A checkpoint as a store keeps it. */
export interface StoredCheckpoint {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where one checkpoint is kept. */
export interface CheckpointStore {
  /** What messages call it, such as the path of its file. */
  readonly name: string;
  /** Undefined where there is none yet. */
  read(): Promise<StoredCheckpoint | undefined>;
  /** Replaces it as a whole: whenever the process stops, the one before or this one is there. */
  write(checkpoint: StoredCheckpoint): Promise<void>;
}

/** What a training is, for those that go on with it. */
export interface TrainingIdentity {
  readonly program: Program;
  readonly sizes: Sizes;
  readonly seed: number;
  /** What else decides its numbers: data, batches, version. */
  readonly identity: Readonly<Record<string, string | number>>;
}

/** How far a training is. */
export interface Reached {
  /** Steps done. */
  readonly step: number;
  readonly state: Tensors;
  readonly losses: readonly number[];
  readonly evaluations: readonly Evaluated[];
}

const FORMAT = 'nexort-checkpoint 1';
const LOSSES = 'nexort.losses';

/** A checkpoint of a training. */
export function checkpointOf(own: TrainingIdentity, { step, state, losses, evaluations }: Reached): StoredCheckpoint {
  const tensors: [string, StoredTensor][] = Object.entries(state).map(([name, { shape, data }]) => [
    name,
    { shape, data },
  ]);
  const list = { shape: [losses.length], data: Float64Array.from(losses) };
  return {
    tensors: Object.fromEntries([...tensors, [LOSSES, list]]),
    metadata: { format: FORMAT, step: String(step), evaluations: JSON.stringify(evaluations), ...textsOf(own) },
  };
}

/** What must be the same, by name. */
function textsOf({ program, sizes, seed, identity }: TrainingIdentity): Record<string, string> {
  const named = Object.entries(sizes).map(([symbol, size]) => [`size ${symbol}`, String(size)]);
  const others = Object.entries(identity).map(([name, value]) => [`own ${name}`, String(value)]);
  return {
    program: printProgram(program),
    seed: String(seed),
    ...Object.fromEntries([...named, ...others].sort(([a = ''], [b = '']) => (a < b ? -1 : 1))),
  };
}

/**
 * How far the training of a checkpoint was, for a training that goes on with it. Throws {@link UserError}
 * `training.no-checkpoint` where it is not a checkpoint, `training.other-architecture` where its states are not those of the
 * program, `training.other-training` where anything else differs that decides the numbers.
 */
export function resumed(own: TrainingIdentity, stored: StoredCheckpoint, where: string): Reached {
  const { metadata } = checkFormat(stored, where);
  const state = stateOf(own.program, own.sizes, stored, where);
  const expected = textsOf(own);
  const known = ['format', 'step', 'evaluations'];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(metadata)])].filter(
    (name) => !known.includes(name),
  );
  const differences = names.flatMap((name) => differencesIn(name, metadata[name], expected[name]));
  if (differences.length > 0) throw errors.otherTraining(where, differences);
  const losses = stored.tensors[LOSSES]?.data ?? new Float64Array();
  const step = Number(metadata.step);
  if (!Number.isSafeInteger(step) || step !== losses.length) {
    throw errors.noCheckpoint(where, `it is of step ${metadata.step} and has ${losses.length} losses`);
  }
  return { step, state, losses: Array.from(losses), evaluations: evaluationsOf(metadata.evaluations, where) };
}

/**
 * The state of a checkpoint, for a program that starts from it, each tensor on the axes that the program gives it.
 * Throws {@link UserError} `training.no-checkpoint`, `training.other-architecture`.
 */
export function stateOf(program: Program, given: Sizes, stored: StoredCheckpoint, where: string): Tensors {
  const { tensors, metadata } = checkFormat(stored, where);
  const sizes = bind(program, given);
  const expected = heldBy(program);
  const names = new Set(expected.map(({ name }) => name));
  const problems: errors.StateProblem[] = [];
  const state = expected.flatMap(({ name, type: { axes }, instruction }) => {
    const shape = shapeOf(axes, sizes);
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    // Steps may give initial data themselves.
    if (found === undefined && !isCarried(instruction)) return [];
    if (found === undefined || String(found.shape) !== String(shape)) {
      problems.push({ name, here: shape, there: found?.shape });
      return [];
    }
    return [[name, { axes, shape, data: found.data }] as const];
  });
  for (const [name, { shape }] of Object.entries(tensors)) {
    if (name !== LOSSES && !names.has(name)) problems.push({ name, here: undefined, there: shape });
  }
  if (problems.length > 0) {
    const [title = ''] = (metadata.program ?? '').split('\n');
    throw errors.otherArchitecture(where, title.replace(/^program /, ''), program.name, problems);
  }
  return Object.fromEntries(state);
}

function checkFormat(stored: StoredCheckpoint, where: string): StoredCheckpoint {
  const { format } = stored.metadata;
  if (format !== FORMAT) {
    throw errors.noCheckpoint(where, format === undefined ? 'it names no format' : `its format is "${format}"`);
  }
  return stored;
}

/** Differences of one text; of programs, the lines that differ. */
function differencesIn(name: string, there: string | undefined, here: string | undefined): errors.Difference[] {
  if (here === there) return [];
  if (name !== 'program') return [{ name: name.replace(/^(own|size) /, ''), here, there }];
  const [ours, theirs] = [(here ?? '').split('\n'), (there ?? '').split('\n')];
  const [inOurs, inTheirs] = [new Set(ours), new Set(theirs)];
  const [added, lost] = [ours.filter((line) => !inTheirs.has(line)), theirs.filter((line) => !inOurs.has(line))];
  return Array.from({ length: Math.max(added.length, lost.length) }, (_, k) => ({
    name: 'program',
    here: added[k]?.trim(),
    there: lost[k]?.trim(),
  }));
}

function evaluationsOf(text: string | undefined, where: string): readonly Evaluated[] {
  try {
    // Written by `checkpointOf`, and checked against damage by the store.
    return JSON.parse(text ?? '[]') as readonly Evaluated[];
  } catch {
    throw errors.noCheckpoint(where, 'its evaluations are no JSON');
  }
}
