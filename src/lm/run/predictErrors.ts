/** Words of the errors of classifying new texts with a run. */

import { InvariantError, UnsupportedError, UserError } from '../../errors/index.ts';
import { TASKS } from '../data/tasks.ts';
import { bullets, list } from '../wording.ts';

/** The path of a run is that of a file, perhaps one in its folder. */
export function runIsAFile(path: string, within: string): UserError {
  return new UserError(
    'lm.run-is-a-file',
    `'${path}' is a file; expected the folder of a run. Give the folder, such as '${within}'.`,
    { path, within },
  );
}

/** A kernel is asked for that the run has not solved. */
export function kernelNotInRun(folder: string, kernel: string, known: readonly string[]): UserError {
  return new UserError(
    'lm.kernel-not-in-run',
    `The run in '${folder}' has no predictor of the kernel ${kernel}; it has ${list(known)}. Choose among these with ` +
      `--kernel, or add it to the run: start its command again with --kernels ${kernel}.`,
    { folder, kernel, known },
  );
}

/** The second moments that a run's kernel of Adam was made with are no longer where they were. */
export function momentsGone(run: string, file: string | undefined): UserError {
  const where =
    file === undefined ? 'which it does not say where to find' : `which were in '${file}' and are no longer there`;
  return new UserError(
    'lm.moments-gone',
    `The kernel adam of the run in '${run}' needs the second moments that it was made with, ${where}. Say where they are ` +
      'now: --second-moments FILE. Or choose another kernel of the run with --kernel.',
    { run, file },
  );
}

/** Second moments are not those that the run was made with. */
export function otherMoments(run: string, file: string): UserError {
  return new UserError(
    'lm.other-moments',
    `The second moments in '${file}' are not those that the run in '${run}' was made with: the file has other content. Give ` +
      'that file with --second-moments, choose another kernel of the run with --kernel, or run nexort kernel again with these.',
    { run, file },
  );
}

/** The folder holds a run of another command. */
export function notAKernelRun(folder: string, job: unknown): UserError {
  return new UserError(
    'lm.not-a-kernel-run',
    `'${folder}' holds a run of another kind (${JSON.stringify(job) ?? 'unnamed'}); expected one of nexort kernel. Give the folder of such a run, or start one: nexort kernel TASK --out FOLDER.`,
    { folder, job },
  );
}

/** The run was made by another version, whose kernel and record may be other ones. */
export function otherVersion(folder: string, made: string, version: string): UserError {
  return new UserError(
    'lm.other-version',
    `The run in '${folder}' was made by nexort ${made}; expected ${version}, this one: versions are not mixed, for their kernels may differ. Use that version (npx nexort@${made} predict …), or run nexort kernel again with this one and another folder (--out).`,
    { folder, made, version },
  );
}

/** What an unfinished run was started with, as far as its folder knows. */
export interface UnfinishedRun {
  readonly folder: string;
  readonly started: string;
  readonly task: string;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number | 'all';
  readonly parameters: string;
  readonly untie: boolean;
  /** A `Setting`; absent for the usual one. */
  readonly setting?: unknown;
  /** The settings of LoRA's start, or the digests of an adapter's files. */
  readonly lora?: unknown;
}

/** The run was stopped, or another process is at work on it. */
export function unfinishedRun(run: UnfinishedRun): UserError {
  const { folder, started, task, shots, seeds, evaluated, parameters, untie, lora, setting } = run;
  const named = TASKS.some(({ name }) => name === task);
  const command = [
    'nexort kernel',
    named ? task : `${task}.json`,
    `--k ${shots}`,
    `--seeds ${seeds.join(',')}`,
    ...(evaluated === 'all' ? [] : [`--limit ${evaluated}`]),
    ...(parameters === 'all' ? [] : [`--params ${shellWord(parameters)}`]),
    ...(untie ? ['--untie'] : []),
    ...settingOptions(setting),
    ...loraOptions(lora),
    `--out ${shellWord(folder)}`,
  ].join(' ');
  const more = named
    ? 'with --data, --splits and --model as then, if they were given'
    : "with the path of the task's file, and --data, --splits and --model as then, if they were given";
  return new UserError(
    'lm.unfinished-run',
    `The run in '${folder}', begun ${started}, is not finished; expected a finished one. If it is at work now, wait. If it was stopped, start the same command again, which goes on where it was:\n  ${command}\n(${more}).`,
    { folder, started, command },
  );
}

function settingOptions(setting: unknown): readonly string[] {
  if (typeof setting !== 'object' || setting === null || !('kind' in setting)) return [];
  if (setting.kind === 'prompt') return ['--chat-template'];
  const seed = 'seed' in setting ? [`--head-seed ${String(setting.seed)}`] : [];
  return [`--setting ${String(setting.kind)}`, ...seed];
}

function loraOptions(lora: unknown): readonly string[] {
  if (typeof lora !== 'object' || lora === null) return [];
  if (!('rank' in lora)) return ['--adapter FOLDER'];
  return Object.entries(lora).map(([name, value]) => `--lora-${name} ${shellWord(String(value))}`);
}

function shellWord(text: string): string {
  return /^[\w./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The run has no draw of this seed. */
export function unknownSeed(folder: string, seed: number, known: readonly number[]): UserError {
  return new UserError(
    'lm.unknown-seed',
    `The run in '${folder}' has no draw of seed ${seed}; it has ${list(known.map(String))}. Choose among these with --seed, or leave it out for the best on the dev examples.`,
    { folder, seed, known },
  );
}

/** The folder that the run's model was in is no longer there; `name` is that of the model at the hub, if it is from there. */
export function modelGone(run: string, model: string, name?: string): UserError {
  const place =
    name === undefined ? 'Say where it is now: --model FOLDER' : `Get it from the hub again: --model ${name}`;
  return new UserError(
    'lm.model-gone',
    `The model of the run in '${run}' was in '${model}', which is no longer there. ${place}.`,
    { run, model },
  );
}

/** A model is not the one that the run was made with. */
export function otherModel(run: string, model: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.other-model',
    `The model in '${model}' is not the one that the run in '${run}' was made with:${bullets(problems)}\nGive the folder of that model with --model, or run nexort kernel again with this one.`,
    { run, model, problems },
  );
}

/** There is nothing to classify. */
export function noTexts(): UserError {
  return new UserError('lm.no-texts', 'There are no texts to classify; expected at least one.');
}

/** A text of a task with one text comes with a second one. */
export function surplusSecondText(where: string, task: string): UserError {
  return new UserError(
    'lm.surplus-second-text',
    `${where} comes with a second text, and task '${task}' takes one. Leave the second text out, or choose a run of a task that compares two.`,
    { where, task },
  );
}

/** A file's name says nothing that texts are read from. */
export function unknownTextFormat(file: string): UnsupportedError {
  return new UnsupportedError(
    'lm.unknown-format',
    `'${file}' is of no known format: expected a name that ends in .txt (one text a line), .jsonl, .csv or .tsv, or in one of these and .gz. Convert the file, or rename it.`,
    { file },
  );
}

/** Lines hold one text each, and the task compares two. */
export function linesOfPairs(file: string, task: string): UserError {
  return new UserError(
    'lm.missing-second-text',
    `'${file}' holds one text a line, and task '${task}' compares two. Give a table or JSON lines with "text" and "text2" (.csv, .tsv, .jsonl).`,
    { file, task },
  );
}

/** The parts of an explanation do not add up to what they explain; `subject` and `object` name both. */
export function partsDoNotAddUp(sum: number, whole: number, subject: string, object: string): InvariantError {
  return new InvariantError('lm.parts-do-not-add-up', `${subject} add up to ${sum}, and ${object} is ${whole}.`, {
    sum,
    whole,
  });
}
