/** `nexort kernel`: classify a task with the empirical kernel of a checkpoint. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { nodeEngine, nodeRuntime } from '../../finite/node/index.ts';
import { threadTeam } from '../../kernels/node/index.ts';
import {
  ADAM_EPSILON,
  DRAW_SEEDS,
  KERNEL_KINDS,
  type KernelKind,
  type LabelValues,
  withLabelValues,
} from '../../lm/index.ts';
import { isDataFile, type KernelRunOptions, runKernel } from '../../lm/node/index.ts';
import { columns, labelValues } from '../columnsOption.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { labelsWithoutData } from '../errors.ts';
import { forecastText } from '../forecastText.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { reportOfRun } from '../kernelReport.ts';
import { kernelSummary } from '../kernelSummary.ts';
import { kernelKinds } from '../kernelsOption.ts';
import { givenTask, type TaskOptions, taskFileOf, writeTaskFile } from '../kernelTask.ts';
import { addLoraOptions, type ChosenParameters, chosenParameters, type LoraOptions } from '../loraOptions.ts';
import { count, defaultMemory, memory, nonNegative, positive, seeds, threads } from '../options.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { SOLVERS, type SolverOptions, solverRequest } from '../solverOption.ts';
import { print } from '../terminal.ts';
import { version } from '../version.ts';

/** Draws of the embedded task, which is for a first look. */
const FIRST_LOOK_SEEDS = 3;
/** Where runs are kept unless told otherwise, below the current folder. */
const RUNS = 'runs';

interface Options extends TaskOptions, LoraOptions, SolverOptions {
  readonly splits?: string;
  readonly labels?: LabelValues;
  readonly model?: string;
  readonly k: number;
  readonly seeds?: readonly number[];
  readonly untie: boolean;
  readonly kernels: readonly KernelKind[];
  readonly secondMoments?: string;
  readonly epsilon: number;
  readonly limit?: number;
  readonly memory?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly json: boolean;
}

/** Adds the command. */
export function addKernelCommand(program: Command): void {
  const command = program
    .command('kernel')
    .description('classify a task from a few examples with the empirical kernel of a language model')
    .argument(
      '[task]',
      "a task's name (nexort tasks lists them), your data as .csv, .tsv or .jsonl, or a task of your own as a JSON file",
      'afinn',
    )
    .option('--label <column>', 'with your data as the task: its column of labels (default: label)')
    .option('--text <column>', 'with your data as the task: its column of texts (default: text)')
    .option('--text2 <column>', 'with your data as the task: its column of second texts, if it compares two')
    .option('--data <path>', 'file or folder with the data: JSON lines, CSV, TSV, LM-BFF folders (docs/data.md)')
    .option('--splits <path>', 'file or folder with ready-made draws; --data then gives the test examples')
    .option('--columns <names>', 'columns of your data, such as label=topic,text=message', columns)
    .option('--labels <values>', 'what stands for labels in your data, such as 0=negative,1=positive', labelValues)
    .option('--model <folder>', 'Hugging Face checkpoint folder (default: the embedded tiny-mlm)')
    .option('--k <number>', 'training examples for each class', count, 16)
    .option('--seeds <list>', `seeds of the draws (default: ${DRAW_SEEDS.join(',')}; the first three for afinn)`, seeds)
    .option(
      '--params <choice>',
      'all, no-embeddings, no-head, biases, lora, lora+head, or match:PATTERN,!PATTERN with *',
      'all',
    )
    .option('--untie', 'count the decoder as a parameter apart from the word embeddings', false);
  addLoraOptions(command)
    .option(
      '--kernels <list>',
      `some of ${KERNEL_KINDS.join(',')}; a run that is there gains those that it lacks`,
      kernelKinds,
      ['sgd'],
    )
    .option('--second-moments <file>', "of --kernels adam: Adam's second moments by parameter, a safetensors file")
    .option('--epsilon <number>', 'of --kernels adam: added to their roots', positive, ADAM_EPSILON)
    .addOption(
      new Option(
        '--solver <method>',
        'how the kernel is solved, chosen on the dev examples by default (docs/solvers.md)',
      )
        .choices(SOLVERS)
        .default('dev'),
    )
    .option('--fix <settings>', 'settings of the solver that are not to be chosen, such as C=1,epsilon=0.1')
    .option(
      '--ridge <multiple>',
      'of --solver ridge, as a multiple of the operator norm of the kernel',
      nonNegative,
      1e-3,
    )
    .option('--limit <number>', 'evaluate on so many test examples, a fixed random choice', count)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--threads <number>', 'threads of the engine (default: all cores)', threads)
    .option('--out <folder>', `run folder; an interrupted run goes on there (default: ${RUNS}/TASK-MODEL-…)`)
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      `
Starting the same command again goes on where it was stopped, or shows the result of a run that is done.

Examples:
  nexort kernel
  nexort kernel sst-2 --data FOLDER --seeds 13,21
  nexort kernel subj --data FOLDER --params biases --limit 200
  nexort kernel subj --data FOLDER --params lora --lora-rank 4 --lora-targets query,key,value
  nexort kernel --kernels sgd,signgd,a-signgd
  nexort kernel examples/own-task/tickets.csv --label topic --text message
  nexort kernel examples/own-task/task.json --k 8 --out runs/tickets

Of your own data, a task file is written beside the run folder, with a prompt and a word for each label: edit it, and give
it as the task (docs/data.md).`,
    )
    .action((task: string, options: Options, command: Command) =>
      runCommand(async () => {
        const { solver, data } = options;
        const ofTheirOwn = data === undefined && !isDataFile(task);
        refuseIdle(command, [
          {
            option: 'ridge',
            reason: solver === 'ridge' ? undefined : `it is of --solver ridge, and the solver is ${solver}`,
          },
          ...(['secondMoments', 'epsilon'] as const).map((option) => ({
            option,
            reason: options.kernels.includes('adam')
              ? undefined
              : 'it is of the kernel adam, which --kernels does not ask for',
          })),
          {
            option: 'columns',
            reason: ofTheirOwn ? 'it is of --data; of its own data a task names them itself' : undefined,
          },
        ]);
        await kernel(task, options, chosenParameters(command, options));
      }),
    );
}

async function kernel(nameOrFile: string, options: Options, chosen: ChosenParameters): Promise<void> {
  exitOnInterrupt('Interrupted. Everything computed so far is kept: start the same command again to go on.');
  const model = options.model ?? EMBEDDED_MODEL;
  const { task: known, source, made } = await givenTask(nameOrFile, options, model);
  const task = options.labels === undefined ? known : withLabelValues(known, options.labels);
  const embedded = source === undefined && options.splits === undefined && task.name === 'afinn';
  if (embedded && options.labels !== undefined) throw labelsWithoutData();
  const run = {
    task,
    model,
    ...(source === undefined ? {} : { source }),
    ...(options.splits === undefined ? {} : { splits: options.splits }),
    shots: options.k,
    seeds: options.seeds ?? (embedded ? DRAW_SEEDS.slice(0, FIRST_LOOK_SEEDS) : DRAW_SEEDS),
    ...chosen,
    untie: options.untie,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const shown = progress(`kernel of ${task.name}`);
  const team = threadTeam(options.threads === undefined ? {} : { threads: options.threads });
  const out = options.out ?? defaultFolder(run);
  const tell = async (): Promise<void> => {
    const notes = made === undefined ? [] : await writeTaskFile(made, out);
    for (const note of notes) shown.say(note);
  };
  let telling: Promise<void> | undefined;
  const modelName = options.model === undefined ? 'tiny-mlm (embedded)' : options.model;
  try {
    const result = await runKernel({
      ...run,
      out,
      version: version(),
      runtime: nodeRuntime(),
      engine: (threads) => nodeEngine({ threads }),
      threads: options.threads ?? availableParallelism(),
      memory: options.memory ?? defaultMemory(),
      strictMemory: options.memory !== undefined,
      solver: solverRequest(options, task.labels.length),
      kernels: options.kernels,
      ...(options.secondMoments === undefined ? {} : { secondMoments: options.secondMoments }),
      epsilon: options.epsilon,
      team,
      report: (findings) => reportOfRun(findings, { task, model: modelName }),
      onForecast: (forecast) => {
        shown.say(forecastText(forecast));
        telling = tell();
        // Awaited after the run; until then its failure waits.
        telling.catch(() => {});
      },
      onNotice: (text) => shown.say(text),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    await (telling ?? tell());
    const named = { ...result, model: modelName, ...(made === undefined ? {} : { taskFile: taskFileOf(out) }) };
    print(options.json ? `${JSON.stringify(named)}\n` : kernelSummary(named, embedded));
  } finally {
    shown.stop();
    await team.close();
  }
}

/** The same run always gets the same folder; how the kernel is solved does not matter to it. */
function defaultFolder(
  run: Pick<
    KernelRunOptions,
    'task' | 'model' | 'source' | 'splits' | 'shots' | 'seeds' | 'parameters' | 'untie' | 'lora' | 'limit'
  >,
): string {
  const path = (name: string | undefined): string | undefined => (name === undefined ? undefined : resolve(name));
  const places = [run.model, run.source?.path, run.source?.test, run.splits].map(path);
  const { task, source, shots, seeds: drawn, parameters, untie, lora, limit } = run;
  const key = JSON.stringify([
    task,
    places,
    source?.columns,
    shots,
    drawn,
    parameters,
    untie,
    limit,
    version(),
    nodeRuntime(),
    ...(lora === undefined ? [] : [lora.kind === 'saved' ? resolve(lora.folder) : lora]),
  ]);
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return join(RUNS, `${task.name}-${basename(resolve(run.model))}-${digest}`);
}
