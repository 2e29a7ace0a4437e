/** `nexort completion`: a script that completes commands, options and their values in a shell. */

import { Argument, Command } from 'commander';
import { required } from '../../errors/index.ts';
import { completedCommands, SHELL_SCRIPTS } from '../completion/index.ts';
import { runCommand } from '../run.ts';

/** Adds the command; what adds all commands, itself among them, is given to it. */
export function addCompletionCommand(program: Command, addAll: (program: Command) => Promise<void>): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and names in bash, zsh or fish')
    .addArgument(new Argument('<shell>', 'whose script').choices(Object.keys(SHELL_SCRIPTS)))
    .addHelpText(
      'after',
      `
Nothing is installed: your shell reads the script where you tell it to.

Examples:
  source <(nexort completion bash)                              in ~/.bashrc
  source <(nexort completion zsh)                               in ~/.zshrc, after compinit
  nexort completion fish > ~/.config/fish/completions/nexort.fish`,
    )
    .action((shell: string) => runCommand(() => completion(shell, addAll)));
}

async function completion(shell: string, addAll: (program: Command) => Promise<void>): Promise<void> {
  const every = new Command('nexort');
  await addAll(every);
  const script = required(SHELL_SCRIPTS[shell], `script of ${shell}`); // one of the choices
  process.stdout.write(script(completedCommands(every, await knownWords())));
}

/** Names that options take, which are not choices of commander: their own errors suggest the nearest. */
async function knownWords() {
  const [
    nets,
    optimizers,
    parametrizations,
    program,
    training,
    lm,
    trained,
    data,
    classify,
    transfer,
    limit,
    recipe,
    tune,
    onNode,
  ] = await Promise.all([
    import('../../nets/index.ts'),
    import('../../optimizers/index.ts'),
    import('../../parametrizations/index.ts'),
    import('../../program/index.ts'),
    import('../../training/index.ts'),
    import('../../lm/index.ts'),
    import('../train/nets.ts'),
    import('../train/data.ts'),
    import('./classify.ts'),
    import('../transfer/sweep.ts'),
    import('../limit/data.ts'),
    import('./recipe.ts'),
    import('./tune.ts'),
    import('../../lm/node/index.ts'),
  ]);
  const named = {
    '--optimizer': Object.keys(optimizers.optimizers),
    // Those with a number are no whole words.
    '--parametrization': parametrizations.PARAMETRIZATION_NAMES.filter((name) => !name.includes(':')),
    '--activation': Object.keys(program.unaryFunctions),
  };
  const tasks = lm.TASKS.map(({ name }) => name);
  // Those in the hub's cache now.
  const cached = await onNode.cachedModels(onNode.hubPlaces().cache);
  const ofModels = { '--model': [...new Set(cached.map(({ name }) => name))] };
  return {
    finetune: { ...ofModels, task: tasks },
    regime: { ...ofModels, task: tasks },
    lora: { ...ofModels, task: tasks },
    predict: ofModels,
    tasks: ofModels,
    models: { '--task': tasks },
    kernel: {
      ...ofModels,
      task: tasks,
      '--params': ['all', 'no-embeddings', 'no-head', 'biases'],
    },
    classify: { ...named, '--clip': Object.keys(classify.CLIPPED) },
    coord: { ...named, '--trained-in': named['--parametrization'], '--net': nets.NET_NAMES },
    transfer: {
      ...named,
      '--net': transfer.NETS,
      '--data': transfer.DATA,
      '--parametrizations': named['--parametrization'],
    },
    recipe: {
      ...named,
      '--net': nets.NET_NAMES,
      '--form': training.RECIPE_FORMS,
      '--to': Object.keys(recipe.WRITERS),
    },
    tune: { ...named, '--net': tune.TUNED_NETS, '--data': transfer.DATA },
    limit: {
      ...named,
      '--net': trained.TRAINED_NETS,
      '--data': limit.LIMIT_DATA,
      '--loss': training.LOSSES,
      '--reduction': ['mean', 'sum'],
    },
    train: {
      ...named,
      '--net': trained.TRAINED_NETS,
      '--data': data.DATA_NAMES,
      '--loss': training.LOSSES,
      '--schedule': Object.keys(optimizers.schedules),
    },
  };
}
