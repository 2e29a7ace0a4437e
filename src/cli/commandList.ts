/**
 * The commands, in the order of help. Help lists all of them and a run needs one, so that what a list shows stands here, and
 * a command is loaded where it is named; a test compares both.
 */

import type { Command } from 'commander';

interface ListedCommand {
  /** What follows the name in help. */
  readonly usage: string;
  readonly description: string;
  /** Loads what adds the command. */
  readonly load: () => Promise<(program: Command) => void>;
}

/** The commands by name. */
export const COMMANDS: ReadonlyMap<string, ListedCommand> = new Map<string, ListedCommand>([
  [
    'kernel',
    {
      usage: '[options] [task]',
      description: 'classify a task from a few examples with the empirical kernel of a language model',
      load: async () => (await import('./commands/kernel.ts')).addKernelCommand,
    },
  ],
  [
    'finetune',
    {
      usage: '[options] [task]',
      description: 'fine-tune a language model on a task from a few examples, with rate and batch size chosen on dev',
      load: async () => (await import('./commands/finetune.ts')).addFineTuneCommand,
    },
  ],
  [
    'regime',
    {
      usage: '[options] [task]',
      description: 'tell whether fine-tuning a language model on a task behaves like a kernel method',
      load: async () => (await import('./commands/regime.ts')).addRegimeCommand,
    },
  ],
  [
    'predict',
    {
      usage: '[options] <run>',
      description: 'classify new texts with a finished run of nexort kernel, and show which training examples decide',
      load: async () => (await import('./commands/predict.ts')).addPredictCommand,
    },
  ],
  [
    'lora',
    {
      usage: '[options] [task]',
      description: "compare the kernel of LoRA's factors with that of the matrices they stand beside, by rank",
      load: async () => (await import('./commands/lora.ts')).addLoraCommand,
    },
  ],
  [
    'tasks',
    {
      usage: '[options] [command]',
      description: 'list the tasks, their prompts and label words, or run many of them into one table',
      load: async () => (await import('./commands/tasks.ts')).addTasksCommand,
    },
  ],
  [
    'models',
    {
      usage: '[options] [folder...]',
      description: 'list the models that can be taken and those on this machine, with what a kernel run would take',
      load: async () => (await import('./commands/models.ts')).addModelsCommand,
    },
  ],
  [
    'check',
    {
      usage: '[options] <file>',
      description: 'compare a program (.nex) at finite widths with its infinite-width limit',
      load: async () => (await import('./commands/check.ts')).addCheckCommand,
    },
  ],
  [
    'classify',
    {
      usage: '[options]',
      description: 'say whether a parametrization is stable, faithful and nontrivial, whether features learn, and why',
      load: async () => (await import('./commands/classify.ts')).addClassifyCommand,
    },
  ],
  [
    'recipe',
    {
      usage: '[options]',
      description:
        'write what every parameter is trained with at a width: a table, PyTorch parameter groups, optax, JSON',
      load: async () => (await import('./commands/recipe.ts')).addRecipeCommand,
    },
  ],
  [
    'ntk',
    {
      usage: '[options] [spec]',
      description: 'kernels of an infinitely wide network (NNGP and NTK) in closed form, and what it predicts',
      load: async () => (await import('./commands/ntk.ts')).addNtkCommand,
    },
  ],
  [
    'tune',
    {
      usage: '[options]',
      description:
        'choose a learning rate on the infinite network, say what finite widths will do with it, and check that',
      load: async () => (await import('./commands/tune.ts')).addTuneCommand,
    },
  ],
  [
    'limit',
    {
      usage: '[options]',
      description: 'train a network at infinite width, step by step, beside networks of finite widths',
      load: async () => (await import('./commands/limit.ts')).addLimitCommand,
    },
  ],
  [
    'coord',
    {
      usage: '[options]',
      description:
        'train a network at several widths and say whether its coordinates scale as its parametrization predicts',
      load: async () => (await import('./commands/coord.ts')).addCoordCommand,
    },
  ],
  [
    'transfer',
    {
      usage: '[options]',
      description: 'sweep a hyperparameter over widths and say whether its best value stays where it is',
      load: async () => (await import('./commands/transfer.ts')).addTransferCommand,
    },
  ],
  [
    'train',
    {
      usage: '[options]',
      description: 'train a network on digits, a table or a text, and go on where it stopped',
      load: async () => (await import('./commands/train.ts')).addTrainCommand,
    },
  ],
  [
    'work',
    {
      usage: '[options] <run...>',
      description: 'compute parts of a run beside other workers, until none is left',
      load: async () => (await import('./commands/work.ts')).addWorkCommand,
    },
  ],
  [
    'status',
    {
      usage: '[options] <run>',
      description: 'show how far the workers of a run are',
      load: async () => (await import('./commands/status.ts')).addStatusCommand,
    },
  ],
  [
    'submit',
    {
      usage: '[options] <run> [flags...]',
      description: 'submit an array of workers on a run to a cluster',
      load: async () => (await import('./commands/submit.ts')).addSubmitCommand,
    },
  ],
  [
    'studio',
    {
      usage: '[options] [run]',
      description: 'see a network become its infinite-width limit, in a browser',
      load: async () => (await import('./commands/studio.ts')).addStudioCommand,
    },
  ],
  [
    'doctor',
    {
      usage: '[options]',
      description: 'check the installation and the machine: memory, engine, numbers, model',
      load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
    },
  ],
  [
    'completion',
    {
      usage: '[options] <shell>',
      description: 'print a script that completes commands, options and names in bash, zsh or fish',
      load: async () => {
        const { addCompletionCommand } = await import('./commands/completion.ts');
        return (program) => addCompletionCommand(program, addEveryCommand);
      },
    },
  ],
]);

/** Adds all commands: the first that the words name as it is, the others as the list shows them. */
export async function addCommands(program: Command, words: readonly string[]): Promise<void> {
  const named = words.find((word) => COMMANDS.has(word));
  for (const [name, { usage, description, load }] of COMMANDS) {
    if (name === named) (await load())(program);
    else program.command(name).usage(usage).description(description);
  }
}

/** Adds all commands as they are. */
async function addEveryCommand(program: Command): Promise<void> {
  for (const { load } of COMMANDS.values()) (await load())(program);
}
