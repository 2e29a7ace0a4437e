/** `nexort lora`: the kernel of LoRA's factors beside that of the matrices that they stand beside, by rank. */

import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { nodeEngine } from '../../finite/node/index.ts';
import {
  CHAT,
  checkpointNotes,
  DEFAULT_LORA,
  DRAW_SEEDS,
  isUsual,
  LORA_TARGETS,
  PROMPT,
  settingText,
  USUAL_RANKS,
} from '../../lm/index.ts';
import { isDataFile, type LoraDistanceResult, runLoraDistance } from '../../lm/node/index.ts';
import { addChatOption } from '../chatOption.ts';
import { columns } from '../columnsOption.ts';
import { svgWriter } from '../figureFile.ts';
import { refuseIdle } from '../idleOptions.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { givenTask, type TaskOptions } from '../kernelTask.ts';
import { names } from '../loraOptions.ts';
import { loraJson, loraSummary, loraWords } from '../loraSummary.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { count, countFromZero, networks, threads, widths } from '../options.ts';
import { progress } from '../progress.ts';
import { madeBy, reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { print, printMessage } from '../terminal.ts';

interface Options extends TaskOptions, ModelOptions {
  readonly splits?: string;
  readonly k: number;
  readonly draw: number;
  readonly loraTargets: readonly string[];
  readonly ranks?: readonly number[];
  readonly seeds: number;
  readonly seed: number;
  readonly threads?: number;
  readonly plot?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** Adds the command. */
export function addLoraCommand(program: Command): void {
  const command = program
    .command('lora')
    .description("compare the kernel of LoRA's factors with that of the matrices they stand beside, by rank")
    .argument('[task]', 'as for nexort kernel: a name, your data, or a task of your own as a JSON file', 'afinn')
    .option('--label <column>', 'with your data as the task: its column of labels (default: label)')
    .option('--text <column>', 'with your data as the task: its column of texts (default: text)')
    .option('--text2 <column>', 'with your data as the task: its column of second texts, if it compares two')
    .option('--data <path>', 'file or folder with the data: JSON lines, CSV, TSV, LM-BFF folders (docs/data.md)')
    .option('--splits <path>', 'file or folder with ready-made draws; --data then gives the test examples')
    .option('--columns <names>', 'columns of your data, such as label=topic,text=message', columns);
  addModelOptions(command);
  addChatOption(command)
    .option('--k <number>', 'training examples for each class', count, 8)
    .option('--draw <seed>', 'seed of their draw', countFromZero, DRAW_SEEDS[0])
    .option('--lora-targets <names>', `some of ${LORA_TARGETS.join(', ')}, or names of layers such as c_attn`, names, [
      ...DEFAULT_LORA.targets,
    ])
    .option('--ranks <list>', `LoRA's ranks (default: ${USUAL_RANKS.join(',')}, up to the width)`, widths)
    .option('--seeds <number>', "draws of LoRA's factor A at each rank", networks, 20)
    .option('--seed <number>', 'seed of the first of them', countFromZero, 0)
    .option('--threads <number>', 'threads of the engine (default: all cores)', threads)
    .option('--plot <file>', 'write the distance by rank as SVG')
    .option('--report <file>', 'write figure, table and settings as one HTML file')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
LoRA puts (α/r) B A beside a matrix W, with B = 0 and A random at the start. The gradient of A is then 0, and the SGD kernel
over B is that over W with what W reads projected by A to r numbers. Times 1/((α/r)² r Var A), its mean over A is the kernel over
W, and its distance from that falls as r^(-1/2), which is the lemma of Johnson and Lindenstrauss. Measured is

  distance    ‖LoRA's kernel, scaled − full kernel‖ / ‖full kernel‖ in Frobenius norms, on the training examples of one draw:
              root mean square over draws of A
  predicted   the root of its exact mean square over all A, for uniform entries as peft draws them

with the exponent of the distance in the rank, and its 95 % interval. A draw of seed s is that of nexort kernel --lora-seed s.

Exit code 0: measured. 2: bad usage or input.

Examples:
  nexort lora
  nexort lora --ranks 1,4,16,64 --seeds 20 --report lora.html
  nexort lora sst-2 --data FOLDER --model FOLDER --k 4 --lora-targets query,key,value,output,feed-forward`,
    )
    .action((task: string, options: Options, command: Command) =>
      runCommand(async () => {
        const ofTheirOwn = options.data === undefined && !isDataFile(task);
        const reason = ofTheirOwn ? 'it is of --data; of its own data a task names them itself' : undefined;
        refuseIdle(command, [{ option: 'columns', reason }]);
        await lora(task, options);
      }),
    );
}

async function lora(nameOrFile: string, options: Options): Promise<void> {
  exitOnInterrupt('Interrupted.');
  const { ranks, seeds, seed, draw, k: shots, loraTargets: targets, splits, json } = options;
  const writePlot = options.plot === undefined ? undefined : await svgWriter(options.plot);
  const writeReport = options.report === undefined ? undefined : await reportWriter(options.report);
  const { folder: model, name } = await givenModel(options);
  const { task, source } = await givenTask(nameOrFile, options, model);
  const shown = progress(`kernels of LoRA on ${task.name}`);
  const engine = nodeEngine({ threads: options.threads ?? availableParallelism() });
  try {
    const found = await runLoraDistance({
      task,
      model,
      engine,
      shots,
      draw,
      targets,
      seeds: Array.from({ length: seeds }, (_, n) => seed + n),
      ...(ranks === undefined ? {} : { ranks }),
      setting: options.chatTemplate ? CHAT : PROMPT,
      ...(source === undefined ? {} : { source }),
      ...(splits === undefined ? {} : { splits }),
      onProgress: (share) => shown.update(share),
    });
    shown.stop();
    const result = { ...found, model: name };
    print(json ? `${JSON.stringify(loraJson(result))}\n` : loraSummary(result));
    if (writePlot !== undefined)
      printMessage(await writePlot((await import('../../report/index.ts')).loraFigure(result)));
    if (writeReport !== undefined) printMessage(await writeReport(await pageOf(result)));
  } finally {
    shown.stop();
    await engine.release();
  }
}

/** Its libraries are loaded here, not at every start. */
async function pageOf(result: LoraDistanceResult): Promise<string> {
  const { loraReport } = await import('../../report/index.ts');
  const setting = (name: string, value: string | number) => ({ name, value: String(value) });
  return loraReport({
    task: result.task,
    result,
    words: loraWords(result),
    warnings: checkpointNotes(result.checkpoint).map((note) => `Model: ${note}.`),
    settings: [
      setting('model', result.model),
      ...(isUsual(result.setting) ? [] : [setting('setting', settingText(result.setting))]),
      setting('examples', `${result.shots} of each class, draw of seed ${result.draw}`),
      setting('outputs', result.outputs === 1 ? 'the difference of the two logits' : `${result.outputs} logits`),
      setting('adapted', `${result.targets.join(', ')} of every block`),
      setting('seeds of A', result.seeds.join(', ')),
    ],
    made: madeBy(),
  });
}
