/**
 * Closed-form kernels of any number of inputs: in blocks within a memory, written to a file as they become complete, so
 * that a start that is interrupted goes on where it was and ends in the same bytes.
 */

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import {
  countInputs,
  type KernelMachine,
  type KernelOptions,
  type LimitingKernels,
  limitingKernelsOn,
} from '../../../kernels/index.ts';
import { type Program, printProgram, type Tensors } from '../../../program/index.ts';
import {
  expectRoom,
  type FileSystem,
  type JsonObject,
  type MatrixFormat,
  matrixFile,
  matrixFormat,
  nodeFiles,
  openRun,
  peakMemory,
  type RunFolder,
  writeAtomically,
} from '../../../runs/index.ts';
import { type BlockPlan, measurePace, type Pace, type PlanOptions, planBlocks } from './blockPlan.ts';
import { type ClassificationOptions, type ClassPredictions, classifyInPortions } from './classes.ts';
import * as errors from './errors.ts';
import { examplesFirst, examplesIn, lengthOf, type Range } from './examples.ts';
import { Figures, type KernelFigures } from './figures.ts';
import { type BlockOptions, BOTH, KernelBlocks, keptInMemory, pairsOf, type Which } from './kernelBlocks.ts';
import {
  type EnsemblePredictions,
  type PredictedKernels,
  type PredictionOptions,
  predictInPortions,
} from './predictions.ts';

/** What the kernels of a run are computed on. */
export interface LimitingMachine extends KernelMachine {
  /**
   * Name and version of what multiplies matrices, part of what a run folder belongs to: another rounds in another way,
   * while threads do not matter.
   */
  readonly runtime: string;
}

/** This thread alone, and the compiled product. */
const ALONE: LimitingMachine = { runtime: 'nexort' };

/** The program, inputs and memory of a run of closed-form kernels, and where it writes them. */
export interface LimitingRunOptions extends KernelOptions {
  readonly program: Program;
  /** Threads and an engine; neither if absent. */
  readonly machine?: LimitingMachine;
  /** Most bytes of the process. */
  readonly memory: number;
  /** Whether a run that was planned for more at its first start is refused: what is free by chance should not decide. */
  readonly strictMemory?: boolean;
  /**
   * The file that the kernels are written to, .npz, .safetensors or .json. While there are several blocks to compute, they
   * are kept in the run folder FILE.run.
   */
  readonly out?: string;
  /** Most inputs of a side of a block; by default the time and the memory that blocks take decide. */
  readonly mostSide?: number;
  /** Whether the result has the kernels as a whole. */
  readonly keep?: boolean;
  /** Trains on x1 and predicts for x2. */
  readonly predict?: PredictionOptions;
  /** The same on cross-entropy. */
  readonly classify?: ClassificationOptions;
  /** Version of nexort, part of what a run folder belongs to. */
  readonly version: string;
  readonly files?: FileSystem;
  /** Called before the work starts. */
  readonly onForecast?: (forecast: LimitingForecast) => void;
  /** Called with the share of the work done. */
  readonly onProgress?: (share: number) => void;
  /** Called with what the user may want to know, such as a damaged block. */
  readonly onNotice?: (text: string) => void;
}

/** What a run of closed-form kernels will take, told before its work. */
export interface LimitingForecast {
  /** The process at its fullest. */
  readonly bytes: number;
  /** Of a run from the start. */
  readonly seconds: number;
  /** Where blocks are kept until the file is whole. */
  readonly folder: string | undefined;
  /** Whether the folder holds a part of the run already. */
  readonly resumed: boolean;
}

/** What a run of closed-form kernels has computed. */
export interface LimitingRun {
  /** Inputs of x1, and of x2 or x1. */
  readonly rows: number;
  readonly columns: number;
  readonly nngp: KernelFigures;
  readonly ntk: KernelFigures;
  readonly predictions?: EnsemblePredictions;
  readonly classes?: ClassPredictions;
  /** Where they are asked for. */
  readonly kernels?: LimitingKernels;
  /** Wall time of the start that ended the run. */
  readonly seconds: number;
  readonly peakBytes: number;
  readonly forecastBytes: number;
}

/**
 * Computes NNGP and NTK of a program's output as `limitingKernelsOn` does, for more inputs than memory holds kernels of.
 *
 * Throws the errors of `limitingKernels`, of `predictor` and of run folders; {@link UserError}
 * `experiments.memory-too-small`, `experiments.planned-for-more`, `experiments.unknown-format`,
 * `experiments.wrong-targets`, `experiments.nothing-to-predict`, `runs.no-room`.
 */
export async function runLimitingKernels(options: LimitingRunOptions): Promise<LimitingRun> {
  const started = performance.now();
  const job = jobOf(options);
  const { out, files = nodeFiles } = options;
  const folder = out === undefined ? undefined : `${out}.run`;
  const begun = folder !== undefined && (await isRun(files, folder));
  // Before a folder is made, for a plan with a single block needs none.
  const first = begun ? undefined : await planOf(job, options);
  let run: RunFolder<BlockPlan> | undefined;
  try {
    if (folder !== undefined && (first === undefined || isCut(job, first.plan))) {
      run = await openRun<BlockPlan>({
        folder,
        identity: identityOf(options, job),
        plan: async () => {
          const { plan } = first ?? (await planOf(job, options));
          await expectRoom(dirname(folder), leastBytes(job));
          return plan;
        },
        files,
        onNotice: (text) => options.onNotice?.(text),
      });
    }
    const plan = run?.plan ?? first?.plan ?? (await planOf(job, options)).plan;
    if (run?.resumed === true && options.strictMemory === true && options.memory < plan.bytes) {
      throw errors.plannedForMore(run.folder, options.memory, plan.bytes);
    }
    const { bytes, seconds } = plan;
    options.onForecast?.({ bytes, seconds, folder: run?.folder, resumed: run?.resumed ?? false });
    const computed = await compute(job, plan, run, first?.pace.whole, options);
    await run?.discard();
    return {
      rows: lengthOf(job.rows),
      columns: lengthOf(job.columns ?? job.rows),
      ...computed,
      seconds: (performance.now() - started) / 1000,
      peakBytes: peakMemory(),
      forecastBytes: bytes,
    };
  } finally {
    await run?.close();
  }
}

/** What is computed, checked. */
interface Job {
  readonly x1: Tensors;
  readonly x2: Tensors;
  readonly rows: Range;
  readonly columns: Range | undefined;
  readonly format: MatrixFormat | undefined;
  /** The kernels of ranges of one side and another; of one with itself where none is given. */
  between(first: Tensors, rows: Range, second: Tensors, columns: Range | undefined): Promise<LimitingKernels>;
}

function jobOf({
  program,
  out,
  predict,
  classify,
  x1,
  x2,
  machine = ALONE,
  memory: _,
  ...options
}: LimitingRunOptions): Job {
  const { examples = 'batch', output, sizes, rates } = options;
  const format = out === undefined ? undefined : matrixFormat(out);
  if (out !== undefined && format === undefined) throw errors.unknownFormat(out);
  const counts = countInputs(program, { x1, ...(x2 === undefined ? {} : { x2 }), examples });
  for (const wanted of [predict, classify]) {
    if (wanted === undefined) continue;
    if (x2 === undefined) throw errors.nothingToPredict();
    if (wanted.targets.rows !== counts.first) throw errors.wrongTargets(wanted.targets.rows, counts.first);
  }
  const settings = {
    examples,
    ...(output === undefined ? {} : { output }),
    ...(sizes === undefined ? {} : { sizes }),
    ...(rates === undefined ? {} : { rates }),
  };
  const first = examplesFirst(x1, examples);
  return {
    x1: first,
    x2: x2 === undefined ? first : examplesFirst(x2, examples),
    rows: { from: 0, to: counts.first },
    columns: x2 === undefined ? undefined : { from: 0, to: counts.second },
    format,
    between: (one, rows, other, columns) =>
      limitingKernelsOn(machine, program, {
        ...settings,
        x1: examplesIn(one, examples, rows),
        ...(columns === undefined ? {} : { x2: examplesIn(other, examples, columns) }),
      }),
  };
}

async function planOf(
  { x1, x2, rows, columns, between }: Job,
  { memory, keep = false, predict, classify, out, mostSide }: LimitingRunOptions,
): Promise<{ readonly plan: BlockPlan; readonly pace: Pace }> {
  const wanted = predict ?? classify;
  const planned: PlanOptions = {
    rows,
    columns,
    between: (own, other) => between(x1, own, x2, other),
    memory,
    inMemory: keep || (wanted !== undefined && out === undefined),
    targets: wanted?.targets.columns ?? 0,
    ...(mostSide === undefined ? {} : { mostSide }),
  };
  const base = process.memoryUsage.rss();
  const pace = await measurePace(planned);
  return { plan: planBlocks(planned, pace, base), pace };
}

const isCut = ({ rows, columns = rows }: Job, { side }: BlockPlan): boolean =>
  lengthOf(rows) > side || lengthOf(columns) > side;

/** Blocks and file. */
function leastBytes({ rows, columns }: Job): number {
  const [height, width] = [lengthOf(rows), lengthOf(columns ?? rows)];
  return 16 * ((columns === undefined ? pairsOf(height) : height * width) + height * width);
}

/** The share of the work that writing is taken for. */
const WRITING = 0.05;

async function compute(
  { x1, x2, rows, columns, format, between }: Job,
  { side, tile, portion }: BlockPlan,
  run: RunFolder<BlockPlan> | undefined,
  whole: LimitingKernels | undefined,
  { out, keep = false, predict, classify, files = nodeFiles, onProgress }: LimitingRunOptions,
): Promise<Pick<LimitingRun, 'nngp' | 'ntk' | 'predictions' | 'classes' | 'kernels'>> {
  const [height, width] = [lengthOf(rows), lengthOf(columns ?? rows)];
  let [done, all] = [0, columns === undefined ? pairsOf(height) : height * width];
  if (predict !== undefined) all += pairsOf(height) + Math.ceil(width / portion) * pairsOf(portion);
  else if (classify !== undefined) all += pairsOf(height);
  // Writing counts a little beside the computing.
  const perRow = out === undefined ? 0 : (WRITING * all) / (2 * height);
  all += 2 * height * perRow;
  const onPairs = (count: number): void => {
    done += count;
    onProgress?.(Math.min(1, done / all));
  };
  const blocks = (own: Omit<BlockOptions, 'side' | 'tile' | 'onPairs'>): KernelBlocks =>
    new KernelBlocks({ ...own, side, tile, onPairs });
  const remembers = out !== undefined || keep || predict !== undefined || classify !== undefined;
  const main = blocks({
    name: 'main',
    rows,
    columns,
    between: (own, other) => between(x1, own, x2, other),
    known: whole,
    store: run ?? (remembers ? keptInMemory() : undefined),
  });
  const figures: Readonly<Record<Which, Figures>> = { nngp: new Figures(), ntk: new Figures() };
  await main.visit((values, times) => {
    for (const which of BOTH) figures[which].add(values[which], times);
  });
  const predicted: PredictedKernels = {
    train: () =>
      blocks({
        name: 'train',
        rows,
        columns: undefined,
        store: run,
        between: (own, other) => between(x1, own, x1, other),
      }).part(rows, rows),
    mixed: (test) => main.part(rows, test),
    test: (test) =>
      blocks({
        name: `test-${test.from}`,
        rows: test,
        columns: undefined,
        store: run,
        between: (own, other) => between(x2, own, x2, other),
      }).part(test, test),
    count: width,
    portion,
  };
  const found = {
    ...(predict === undefined ? {} : { predictions: await predictInPortions(predicted, predict) }),
    ...(classify === undefined ? {} : { classes: await classifyInPortions(predicted, classify) }),
  };
  if (out !== undefined && format !== undefined) {
    const rowsOf = (which: Which) => ({
      rows: height,
      columns: width,
      read: async function* () {
        for await (const part of main.rowsOf(which)) {
          yield part;
          onPairs((perRow * part.length) / width);
        }
      },
    });
    const parts = matrixFile(format, { nngp: rowsOf('nngp'), ntk: rowsOf('ntk') }, found);
    // Unfinished, it lies where the next start sweeps.
    await writeAtomically(files, out, parts, run?.folder ?? dirname(out));
  }
  return {
    nngp: figures.nngp.found,
    ntk: figures.ntk.found,
    ...found,
    ...(keep ? { kernels: await main.part(rows, columns ?? rows) } : {}),
  };
}

function identityOf(
  { program, output, examples, sizes, rates, predict, classify, machine = ALONE, version }: LimitingRunOptions,
  job: Job,
): JsonObject {
  return {
    job: 'ntk',
    nexort: version,
    runtime: machine.runtime,
    program: digestOf(printProgram(program)),
    settings: digestOf(JSON.stringify([output, examples, sizes, rates])),
    x1: dataDigest(job.x1),
    x2: job.columns === undefined ? null : dataDigest(job.x2),
    predicts: predict !== undefined || classify !== undefined,
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function dataDigest(data: Tensors): string {
  const hash = createHash('sha256');
  for (const [name, { axes, shape, data: numbers }] of Object.entries(data)) {
    hash.update(JSON.stringify([name, axes, shape]));
    hash.update(numbers);
  }
  return hash.digest('hex');
}

/** Whether a run was begun in a folder. */
const isRun = (files: FileSystem, folder: string): Promise<boolean> =>
  files.list(folder).then(
    (entries) => entries.some(({ name }) => name === 'run.json'),
    () => false,
  );
