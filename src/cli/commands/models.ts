/** `nexort models`: which models can be taken, which are on this machine, and what a kernel run with them would take. */

import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { NexortError } from '../../errors/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import { CHAT, type KernelKind, PROMPT } from '../../lm/index.ts';
import {
  type CachedModel,
  cachedModels,
  forecastKernelRun,
  hubPlaces,
  modelOverview,
  type RunForecast,
} from '../../lm/node/index.ts';
import { families } from '../../nets/index.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { refuseIdle } from '../idleOptions.ts';
import { kernelKinds } from '../kernelsOption.ts';
import { type DrawnTaskOptions, drawnTask } from '../kernelTask.ts';
import { modelText } from '../modelOption.ts';
import { type ListedModel, modelsText, type SupportedModel } from '../modelsText.ts';
import { count, defaultMemory, memory, seeds, threads } from '../options.ts';
import { progress } from '../progress.ts';
import { runCommand } from '../run.ts';
import { print } from '../terminal.ts';

interface Options extends DrawnTaskOptions {
  readonly task?: string;
  readonly k: number;
  readonly kernels: readonly KernelKind[];
  readonly params: string;
  readonly limit?: number;
  readonly memory?: number;
  readonly threads?: number;
  readonly json: boolean;
}

/** Adds the command. */
export function addModelsCommand(program: Command): void {
  const command = program
    .command('models')
    .description('list the models that can be taken and those on this machine, with what a kernel run would take')
    .argument('[folder...]', 'checkpoint folders to list as well')
    .option('--task <task>', 'also memory and time of nexort kernel on this task, as for nexort kernel')
    .option('--data <path>', 'of --task: file or folder with the data (docs/data.md)')
    .option('--splits <path>', 'of --task: file or folder with ready-made draws')
    .option('--k <number>', 'of --task: training examples for each class', count, 16)
    .option('--seeds <list>', 'of --task: seeds of the draws, as for nexort kernel', seeds)
    .option('--kernels <list>', 'of --task: which kernels', kernelKinds, ['sgd'])
    .option('--params <choice>', 'of --task: which parameters', 'all')
    .option('--limit <number>', 'of --task: evaluate on so many test examples', count)
    .option('--chat-template', "of --task: prompts in the model's chat template, as for nexort kernel", false)
    .option('--memory <size>', 'of --task: most memory, such as 4GB (default: half of what is free)', memory)
    .option('--threads <number>', 'of --task: threads of the engine (default: all cores)', threads)
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      `
Models of the hub are those in the cache that Hugging Face's tools share (docs/hub.md). Nothing is downloaded and nothing
computed but the speed of this machine.

The JSON object holds supported [{type, class, predicts}], cache, and models [{name, folder, revisions, modelType, predicts,
parameters, bytes, forecast {texts, bytes, seconds}, problem {code, message}}].

Examples:
  nexort models
  nexort models --task sst-2 --data FOLDER --memory 8GB
  nexort models FOLDER --task afinn --params biases --json`,
    )
    .action((folders: readonly string[], options: Options) =>
      runCommand(async () => {
        const { task } = options;
        const reason = task === undefined ? 'it is of --task' : undefined;
        const ofTask = [
          'data',
          'splits',
          'k',
          'seeds',
          'kernels',
          'params',
          'limit',
          'chatTemplate',
          'memory',
          'threads',
        ];
        refuseIdle(
          command,
          ofTask.map((option) => ({ option, reason })),
        );
        await models(folders, options);
      }),
    );
}

const SUPPORTED: readonly SupportedModel[] = families.flatMap(([, { types, classEndings, predicts }]) =>
  Object.entries(types).map(([type, { classes }]) => ({ type, class: `${classes}${classEndings.words}`, predicts })),
);

async function models(folders: readonly string[], options: Options): Promise<void> {
  const { cache } = hubPlaces();
  const own = [EMBEDDED_MODEL, ...folders].map((folder) => ({ name: modelText(folder), folder }));
  const cached = (await cachedModels(cache)).map(ofCache);
  const found: ListedModel[] = [];
  const shown = progress('models');
  try {
    for (const model of [...own, ...cached]) found.push(await looked(model, options));
  } finally {
    shown.stop();
  }
  const { task } = options;
  const told = { supported: SUPPORTED, cache, ...(task === undefined ? {} : { task }), models: found };
  print(options.json ? `${JSON.stringify(told)}\n` : modelsText(told));
}

function ofCache({ name, commit, folder, revisions, lacking }: CachedModel): ListedModel {
  const listed = { name: `${name}@${commit}`, folder, revisions };
  if (lacking.length === 0) return listed;
  const message = `It is in the cache without ${lacking.join(', ')}: --model ${name} downloads the rest.`;
  return { ...listed, problem: { code: 'lm.hub-not-cached', message } };
}

/** Looks at a model; what is wrong with it is told in its place. */
async function looked(model: ListedModel, options: Options): Promise<ListedModel> {
  if (model.problem !== undefined) return model;
  try {
    const overview = await modelOverview(model.folder);
    const { task } = options;
    const forecast = task === undefined ? undefined : await forecastOf(model.folder, task, options);
    return { ...model, ...overview, ...(forecast === undefined ? {} : { forecast }) };
  } catch (error) {
    if (!(error instanceof NexortError) || error.kind === 'invariant') throw error;
    return { ...model, problem: { code: error.code, message: error.message } };
  }
}

async function forecastOf(model: string, task: string, options: Options): Promise<RunForecast> {
  const { run } = await drawnTask(task, options, model);
  const { limit, params, kernels, chatTemplate } = options;
  const engine = nodeEngine({ threads: options.threads ?? availableParallelism() });
  try {
    const setting = chatTemplate ? CHAT : PROMPT;
    const asked = { ...run, model, setting, shots: options.k, ...(limit === undefined ? {} : { limit }) };
    const subject = { parameters: params, untie: false, kernels, solver: { method: 'dev' } as const };
    const most = { memory: options.memory ?? defaultMemory() };
    return await forecastKernelRun({ ...asked, ...subject, ...most }, engine);
  } finally {
    await engine.release();
  }
}
