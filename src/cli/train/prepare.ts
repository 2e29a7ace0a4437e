/** What a training is made of, from what the command was told. */

import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NexortError } from '../../errors/index.ts';
import { type Optimizer, selectParameters } from '../../optimizers/index.ts';
import { baseWidthOf, type Parametrization, ruleOf } from '../../parametrizations/index.ts';
import { feedsOf, type Program, type SizedRun, type Sizes, type Tensors } from '../../program/index.ts';
import { type Json, type JsonObject, nodeFiles, tensorFile } from '../../runs/index.ts';
import { LOSSES, type LossName, stateOf, type TrainedParameter, trainingStep } from '../../training/index.ts';
import { activationNamed } from '../activationOption.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { version } from '../version.ts';
import { type ClassSize, classSizes } from './classes.ts';
import { notesOnCopies } from './copies.ts';
import { digestOf, readSource } from './data.ts';
import * as errors from './errors.ts';
import { type Task, TRAINED_NETS, taskOf } from './nets.ts';
import { scheduled, type TrainCommandOptions } from './options.ts';

/** n of the powers of n is the width over this. */
export const BASE_WIDTH = 64;
/** The file of a training's state. */
export const CHECKPOINT = 'checkpoint.safetensors';

export interface Prepared {
  readonly task: Task;
  readonly parametrization: Parametrization;
  readonly optimizer: Optimizer;
  /** What a run knows it by again. */
  readonly optimizerIdentity: Json;
  readonly learningRate: number;
  readonly schedule: string | null;
  /** Parameters that stay what they are. */
  readonly frozen: readonly string[];
  readonly program: Program;
  readonly digest: string;
  readonly data: string;
  /** With their numbers of examples; null where labels are numbers, or characters. */
  readonly classes: readonly ClassSize[] | null;
  /** What a reader of results should know about the data. */
  readonly notes: readonly string[];
}

/** Reads everything. Throws {@link UserError} for whatever of it is wrong. */
export async function prepare(options: TrainCommandOptions, run: SizedRun): Promise<Prepared> {
  const { loss, label, ignore, classes, pixels } = options;
  const activation = options.activation === undefined ? undefined : activationNamed(options.activation);
  if (loss !== undefined && !isLoss(loss)) throw errors.unknownLoss(loss, LOSSES);
  const net = oneOf(TRAINED_NETS, options.net, 'train');
  if (net === 'transformer' && options.width % options.heads !== 0)
    throw errors.headsApart(options.heads, options.width);
  const { optimizer, settings: told, identity: optimizerIdentity } = await toldOptimizer(options.optimizer);
  const learningRate = options.learningRate ?? Number(optimizer.hyperparameters.learningRate?.value);
  const { parametrization: given } = await readParametrization(
    options.parametrization,
    ruleOf(optimizer, { settings: told }),
  );
  const baseWidth = baseWidthOf(given, options.baseWidth ?? (given.baseWidth === undefined ? BASE_WIDTH : undefined));
  const parametrization = { ...given, baseWidth };
  const onSchedule =
    options.schedule === undefined ? undefined : scheduled(options.schedule, learningRate, options.steps);
  const source = await readSource(options.data, run, {
    label,
    real: loss === 'squared' && classes === undefined,
    ...(ignore === undefined ? {} : { ignore }),
    ...(classes === undefined ? {} : { classes }),
    ...(pixels === undefined ? {} : { pixels }),
  });
  const { depth, biases, heads, context, heldOut, standardize, seed } = options;
  const task = taskOf(net, source, {
    depth,
    biases,
    heads,
    context,
    heldOut,
    standardize,
    seed,
    ...(activation === undefined ? {} : { activation }),
    ...(loss === undefined ? {} : { loss }),
  });
  const settings = { ...told, learningRate: onSchedule?.rate ?? learningRate };
  const frozen = selectParameters(task.net.parameters, options.freeze ?? [], 'parameters to freeze');
  const program = trainingStep(task.net, {
    parametrization,
    optimizer,
    settings,
    loss: task.loss,
    ...(frozen.size === 0 ? {} : { trainable: ({ name }: TrainedParameter) => !frozen.has(name) }),
    ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
  });
  return {
    task,
    parametrization,
    optimizer,
    optimizerIdentity,
    learningRate,
    program,
    digest: digestOf(source),
    data: source.name,
    classes: classSizes(source),
    notes: source.kind === 'text' ? [] : [...source.notes, ...notesOnCopies(source, task)],
    schedule: onSchedule?.text ?? null,
    frozen: [...frozen],
  };
}

export const isLoss = (name: string): name is LossName => LOSSES.some((known) => known === name);

/** Where a training starts, and the checksum of the file that says so. */
export interface Start {
  readonly state: Tensors;
  readonly digest: string;
}

const NO_CHECKPOINT: readonly unknown[] = ['runs.damaged-tensors', 'training.no-checkpoint'];

/**
 * The state in the checkpoint of another training, but for what an optimizer remembers of parameters that are now frozen.
 * Throws {@link UserError} `cli.no-checkpoint-file`,
 * `cli.checkpoint-folder`, `cli.not-a-checkpoint`, `training.other-architecture`.
 */
export async function startOf(path: string, { program, frozen }: Prepared, sizes: Sizes): Promise<Start> {
  if (!existsSync(path)) throw errors.noCheckpointFile(path);
  if (statSync(path).isDirectory()) {
    const inside = join(path, CHECKPOINT);
    throw errors.checkpointFolder(path, existsSync(inside) ? inside : undefined);
  }
  try {
    const stored = await tensorFile(path).read();
    if (stored === undefined) throw errors.noCheckpointFile(path);
    const held = new Set(feedsOf(program).map(({ name }) => name));
    const superfluous = (name: string): boolean =>
      !held.has(name) && frozen.some((parameter) => name.startsWith(`${parameter}.`));
    const tensors = Object.fromEntries(Object.entries(stored.tensors).filter(([name]) => !superfluous(name)));
    const state = stateOf(program, sizes, { ...stored, tensors }, path);
    const bytes = await nodeFiles.read(path);
    return { state, digest: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    // Of its own files a training says to delete what is damaged; this one is somebody's.
    if (!(error instanceof NexortError) || !NO_CHECKPOINT.includes(error.code)) throw error;
    throw errors.notACheckpoint(path, String(error.data.problem));
  }
}

/** What decides the numbers, but for the number of steps: a training may go on. */
export function identityOf(
  options: TrainCommandOptions,
  { task, digest, schedule, frozen, parametrization, optimizerIdentity }: Prepared,
  from: Start | undefined,
): JsonObject {
  const { net, depth, width, activation, biases, heads, context, heldOut, standardize, loss } = options;
  return {
    job: 'train',
    nexort: version(),
    net,
    depth,
    width,
    activation: activation ?? null,
    biases,
    ...(net === 'transformer' ? { heads, context } : {}),
    data: { name: options.data, sha256: digest, outputs: task.outputs },
    heldOut,
    standardize,
    loss: loss ?? null,
    optimizer: optimizerIdentity,
    learningRate: options.learningRate ?? null,
    schedule,
    ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
    ...(frozen.length === 0 ? {} : { frozen }),
    batch: options.batch,
    seed: options.seed,
    from: from?.digest ?? null,
    parametrization: JSON.parse(JSON.stringify(parametrization)),
  };
}
