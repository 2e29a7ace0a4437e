/** `nexort predict`: classify new texts with a finished run, and show why. */

import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { nodeEngine } from '../../finite/node/index.ts';
import { type Columns, KERNEL_KINDS, type KernelKind } from '../../lm/index.ts';
import {
  type FinishedRun,
  type FoundFineTuned,
  type NewText,
  openFineTuned,
  predictFineTuned,
  predictTexts,
  readFinishedRun,
  readTexts,
} from '../../lm/node/index.ts';
import { columns } from '../columnsOption.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { idleOption, oneSourceOfTexts, secondTextBesideFile, unevenTexts } from '../errors.ts';
import { explanationPage } from '../explanationPage.ts';
import { type Idle, refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { countFromZero, defaultMemory, memory, threads } from '../options.ts';
import { fineTunedSummary, predictionJson, predictionSummary } from '../predictSummary.ts';
import { progress } from '../progress.ts';
import { reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';
import { version } from '../version.ts';

/** Training examples shown for and against a label of texts given one by one; a file's texts are listed. */
const TOP = 5;

interface Options extends ModelOptions {
  readonly text?: readonly string[];
  readonly text2?: readonly string[];
  readonly file?: string;
  readonly columns?: Columns;
  readonly kernel?: KernelKind;
  readonly secondMoments?: string;
  readonly seed?: number;
  readonly top?: number;
  readonly explain: boolean;
  readonly report?: string;
  readonly threads?: number;
  readonly memory?: number;
  readonly json: boolean;
}

/** Adds the command. */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('classify new texts with a finished run of nexort kernel, and show which training examples decide')
    .argument(
      '<run>',
      'the run folder (nexort kernel and nexort finetune name it at the end), or that of a fine-tuned model',
    )
    .option('--text <text>', 'a text to classify; may be given several times', append)
    .option('--text2 <text>', 'the second text, in tasks that compare two; once for each --text', append)
    .option('--file <path>', 'texts to classify: .txt (one a line), .jsonl, .csv or .tsv (columns text, text2)')
    .option('--columns <names>', 'columns of your file, such as text=message', columns)
    .addOption(
      new Option('--kernel <name>', 'the kernel of the run that decides (default: its first)').choices(KERNEL_KINDS),
    )
    .option('--second-moments <file>', 'of --kernel adam: the file of second moments, if it has been moved')
    .option(
      '--seed <number>',
      "the draw whose examples decide (default: the run's best on its dev examples)",
      countFromZero,
    );
  addModelOptions(command, "the run's model, if its folder has been moved: a folder, or ORG/NAME of the hub")
    .option(
      '--top <number>',
      `examples to show for and against a label (default: ${TOP}; 0 with --file)`,
      countFromZero,
    )
    .option('--explain', 'also by layer of the model, and by token of the text (sgd, a-signgd)', false)
    .option('--report <path>', 'write an HTML file that shows why, with --explain')
    .option('--threads <number>', 'threads of the engine (default: all cores)', threads)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
The logit of the predicted label is the sum of what the training examples add to it: positive speaks for the label,
negative against it. With --explain it is also the sum of what the layers of the model add, and each of these of what the
tokens of the text add (docs/explaining.md).

The JSON object holds run, task, model, checkpoint {assumed, replaced, unused}, kernel, seed, dev, calibration, and predictions: for
each text label, probabilities (by label), logit, contributions [{text, label, weight}] of all training examples, intercept
and initial (the model's own share); logit = sum of weights + intercept + initial. Of a single text these keys are those of
the object too. --explain adds layers [{layer, weight, byToken}], tokens [{token, weight}] and byLayer of contributions.

A model that nexort finetune has saved decides by itself: probabilities are the softmax of its logits, and contributions empty.

Examples:
  nexort predict runs/my-run --text "a joy to watch"
  nexort predict RUN/model --text "a joy to watch"
  nexort predict runs/my-run --kernel signgd --text "a joy to watch"
  nexort predict runs/my-run --text "a joy to watch" --explain --report why.html
  nexort predict runs/my-run --file examples/own-task/tickets.csv --columns text=message --json
  nexort predict runs/rte-run --text "It rained." --text2 "The street was wet."`,
    )
    .action((run: string, options: Options, command: Command) =>
      runCommand(async () => {
        refuseIdle(command, [
          { option: 'report', reason: options.explain ? undefined : 'it shows what --explain finds' },
          { option: 'revision', reason: options.model === undefined ? 'it is of --model' : undefined },
          { option: 'columns', reason: options.file === undefined ? 'it is of --file' : undefined },
          { option: 'top', reason: options.json ? 'the JSON object holds all contributions' : undefined },
        ]);
        await predict(run, options, command);
      }),
    );
}

const append = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];

async function predict(folder: string, options: Options, command: Command): Promise<void> {
  exitOnInterrupt('Interrupted. The run folder is as it was.');
  const { file, text = [], text2 = [], kernel, secondMoments, seed, json, explain } = options;
  if (text.length > 0 === (file !== undefined)) throw oneSourceOfTexts(file !== undefined);
  if (file !== undefined && text2.length > 0) throw secondTextBesideFile();
  const fineTuned = await openFineTuned(folder, seed);
  if (fineTuned !== undefined) {
    refuseIdle(command, idleWithFineTuned());
    return predictWithFineTuned(fineTuned, options);
  }
  const write = options.report === undefined ? undefined : await reportWriter(options.report);
  const run = await readFinishedRun(folder, version(), kernel);
  if (secondMoments !== undefined && run.kernel !== 'adam') {
    throw idleOption('--second-moments', `it is of the kernel adam, and ${run.kernel} decides`);
  }
  const texts = file === undefined ? given(run, text, text2) : await readTexts(file, run.task, options.columns);
  const moved = options.model === undefined ? undefined : await givenModel(options);
  const shown = progress('classifying');
  try {
    const found = await predictTexts({
      run,
      texts,
      ...(seed === undefined ? {} : { seed }),
      ...(moved === undefined ? {} : { model: moved.folder }),
      ...(secondMoments === undefined ? {} : { secondMoments }),
      otherModel: EMBEDDED_MODEL,
      engine: (threads) => nodeEngine({ threads }),
      threads: options.threads ?? availableParallelism(),
      memory: options.memory ?? defaultMemory(),
      explain,
      onProgress: (share) => shown.update(share),
      onNotice: (text) => shown.say(text),
    });
    shown.stop();
    if (write !== undefined) shown.say(await write(await explanationPage(found, run)));
    const top = options.top ?? (file === undefined ? TOP : 0);
    print(json ? predictionJson(found) : predictionSummary(found, run, top));
  } finally {
    shown.stop();
  }
}

/** What is of kernels alone. */
function idleWithFineTuned(): Idle[] {
  const reason = 'a fine-tuned model decides by itself; it is of runs of nexort kernel';
  return ['kernel', 'secondMoments', 'model', 'revision', 'offline', 'top', 'explain', 'report', 'memory'].map(
    (option) => ({
      option,
      reason,
    }),
  );
}

async function predictWithFineTuned(found: FoundFineTuned, options: Options): Promise<void> {
  const { file, text = [], text2 = [], columns: named, json } = options;
  const { told } = found;
  const texts = file === undefined ? given(told, text, text2) : await readTexts(file, told.task, named);
  const engine = nodeEngine({ threads: options.threads ?? availableParallelism() });
  try {
    const predicted = await predictFineTuned(found, texts, engine);
    print(json ? predictionJson(predicted) : fineTunedSummary(predicted, told, file !== undefined));
  } finally {
    await engine.release();
  }
}

/** Texts of the command line, each with its second one. */
function given({ task }: Pick<FinishedRun, 'task'>, text: readonly string[], text2: readonly string[]): NewText[] {
  if (text2.length !== (task.pair ? text.length : 0)) {
    throw unevenTexts(task.name, task.pair, text.length, text2.length);
  }
  return text.map((first, k) => {
    const second = text2[k];
    const where = text.length === 1 ? 'the text given' : `the text given with --text number ${k + 1}`;
    return { text: first, ...(second === undefined ? {} : { text2: second }), where };
  });
}
