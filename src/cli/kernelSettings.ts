/** The options of every run on a task: model, draws, parameters, and the machine; of kernel runs kernels and solver besides. */

import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { type Device, nodeRuntime } from '../finite/node/index.ts';
import { ADAM_EPSILON, CHAT, DRAW_SEEDS, KERNEL_KINDS, type KernelKind, SETTINGS, type Setting } from '../lm/index.ts';
import type { KernelRunOptions } from '../lm/node/index.ts';
import { addChatOption, type ChatOption } from './chatOption.ts';
import { type DeviceOption, deviceOption, engineOn } from './deviceOption.ts';
import { refuseIdle } from './idleOptions.ts';
import { kernelKinds } from './kernelsOption.ts';
import { addLoraOptions, type ChosenParameters, chosenParameters, type LoraOptions } from './loraOptions.ts';
import { addModelOptions, type GivenModel, type ModelOptions } from './modelOption.ts';
import { count, countFromZero, defaultMemory, memory, nonNegative, positive, seeds, threads } from './options.ts';
import { SOLVERS, type SolverOptions } from './solverOption.ts';
import { version } from './version.ts';

/** What of a model is looked at, on which draws, and with what of the machine. */
export interface SubjectSettings extends LoraOptions, ModelOptions, DeviceOption, ChatOption {
  readonly splits?: string;
  readonly setting: Setting['kind'];
  readonly headSeed: number;
  readonly k: number;
  readonly seeds?: readonly number[];
  readonly untie: boolean;
  readonly limit?: number;
  readonly memory?: number;
  readonly threads?: number;
}

export interface KernelSettings extends SubjectSettings, SolverOptions {
  readonly kernels: readonly KernelKind[];
  readonly secondMoments?: string;
  readonly epsilon: number;
}

/** Adds the options of kernel runs. */
export function addKernelSettings(command: Command): Command {
  addSubjectSettings(command)
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
    );
  return addMachineSettings(command);
}

/** Adds the options of the subject of every run: model, draws, setting and parameters. */
export function addSubjectSettings(command: Command): Command {
  command.option('--splits <path>', 'file or folder with ready-made draws; --data then gives the test examples');
  addModelOptions(command).addOption(
    new Option(
      '--setting <name>',
      'prompt; or without one a head on the first token: fresh, or by linear probing (docs/settings.md)',
    )
      .choices(SETTINGS)
      .default('prompt'),
  );
  addChatOption(command)
    .option('--head-seed <number>', 'of --setting cls-random: seed of its head', countFromZero, 0)
    .option('--k <number>', 'training examples for each class', count, 16)
    .option('--seeds <list>', `seeds of the draws (default: ${DRAW_SEEDS.join(',')}; the first three for afinn)`, seeds)
    .option(
      '--params <choice>',
      'all, no-embeddings, no-head, biases, lora, lora+head, or match:PATTERN,!PATTERN with *',
      'all',
    )
    .option('--untie', 'count the decoder as a parameter apart from the word embeddings', false);
  return addLoraOptions(command);
}

/** Adds the options of how much is evaluated, and on what of the machine. */
export function addMachineSettings(command: Command): Command {
  return command
    .option('--limit <number>', 'evaluate on so many test examples, a fixed random choice', count)
    .option('--memory <size>', 'most memory of the process, such as 4GB (default: half of what is free)', memory)
    .option('--threads <number>', 'threads of the engine (default: all cores)', threads)
    .addOption(deviceOption());
}

/**
 * The parameters that the options of a kernel run choose. Throws {@link UserError} `cli.idle-option` for one that would have no
 * effect, and the errors of {@link chosenParameters}.
 */
export function checkedSettings(command: Command, options: KernelSettings): ChosenParameters {
  const { solver, kernels } = options;
  const withoutAdam = kernels.includes('adam')
    ? undefined
    : 'it is of the kernel adam, which --kernels does not ask for';
  refuseIdle(command, [
    {
      option: 'ridge',
      reason: solver === 'ridge' ? undefined : `it is of --solver ridge, and the solver is ${solver}`,
    },
    { option: 'secondMoments', reason: withoutAdam },
    { option: 'epsilon', reason: withoutAdam },
  ]);
  return checkedSubject(command, options);
}

/**
 * The parameters that the options of a subject choose; `settings` are all that it is looked at in. Throws as
 * {@link checkedSettings}.
 */
export function checkedSubject(
  command: Command,
  options: SubjectSettings,
  settings: readonly Setting['kind'][] = [options.setting],
): ChosenParameters {
  const named = settings.join(', ');
  const withoutPrompt = (what: string) =>
    settings.includes('prompt') ? undefined : `--setting ${named} has no ${what}`;
  refuseIdle(command, [
    {
      option: 'headSeed',
      reason: settings.includes('cls-random')
        ? undefined
        : `it is of --setting cls-random, and the setting is ${named}`,
    },
    { option: 'untie', reason: withoutPrompt('decoder') },
    { option: 'chatTemplate', reason: withoutPrompt('prompt') },
  ]);
  return chosenParameters(command, options);
}

/** What of a kernel run's options does not depend on its task and data. */
export function settingsOfRun(options: KernelSettings, chosen: ChosenParameters, model: GivenModel, device: Device) {
  const { secondMoments } = options;
  return Object.assign(subjectOfRun(options, chosen, model, device), {
    kernels: options.kernels,
    ...(secondMoments === undefined ? {} : { secondMoments }),
    epsilon: options.epsilon,
  }) satisfies Partial<KernelRunOptions>;
}

/** What of every run's options does not depend on its task and data. */
export function subjectOfRun(
  options: SubjectSettings,
  chosen: ChosenParameters,
  { folder }: GivenModel,
  device: Device,
) {
  const { limit } = options;
  return {
    model: folder,
    setting: settingOf(options),
    shots: options.k,
    ...chosen,
    untie: options.untie,
    ...(limit === undefined ? {} : { limit }),
    version: version(),
    runtime: nodeRuntime(device),
    engine: (count: number) => engineOn(device, count),
    threads: options.threads ?? availableParallelism(),
    memory: options.memory ?? defaultMemory(),
    strictMemory: options.memory !== undefined,
  } satisfies Partial<KernelRunOptions>;
}

function settingOf({ setting: kind, headSeed, chatTemplate }: SubjectSettings): Setting {
  if (kind === 'cls-random') return { kind, seed: headSeed };
  return kind === 'prompt' && chatTemplate ? CHAT : { kind };
}
