/** `nexort recipe`: what a network is trained with at a width, as a table and as code of other libraries. */

import type { Command } from 'commander';
import { describeConfig } from '../../lm/index.ts';
import { checkpointFolder, type LanguageRecipeOptions, recipeOfModel } from '../../lm/node/index.ts';
import { NET_NAMES, type NetName, namedNet } from '../../nets/index.ts';
import { baseWidthOf, ruleOf } from '../../parametrizations/index.ts';
import { nodeFiles, writeAtomically } from '../../runs/index.ts';
import {
  FORM_WORDS,
  RECIPE_FORMS,
  type Recipe,
  recipeMarkdown,
  recipeOf,
  recipeOptax,
  recipeTorch,
} from '../../training/index.ts';
import { checkWritable } from '../figureFile.ts';
import { checkHeads, refuseIdle, withoutDepth, withoutTexts } from '../idleOptions.ts';
import { addModelOptions, givenModel, type ModelOptions } from '../modelOption.ts';
import { oneOf } from '../netOption.ts';
import { toldOptimizer } from '../optimizerOption.ts';
import { count, depth, positive } from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { modelWithoutBaseWidth, unknownRecipeChoice, unwritableRecipe } from '../recipe/errors.ts';
import { runCommand } from '../run.ts';
import { print, printMessage } from '../terminal.ts';

interface Options extends ModelOptions {
  readonly net: string;
  readonly depth: number;
  readonly width: number;
  readonly baseWidth?: number;
  readonly input: number;
  readonly outputs: number;
  readonly biases: boolean;
  readonly vocabulary: number;
  readonly context: number;
  readonly heads: number;
  readonly parametrization: string;
  readonly optimizer: string;
  readonly learningRate?: number;
  readonly form: string;
  readonly to?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** The width at which powers of the width are 1, unless told. */
const BASE_WIDTH = 64;

/** What writes a recipe, by what --to calls it. */
export const WRITERS: Readonly<Record<string, (recipe: Recipe) => string>> = {
  markdown: recipeMarkdown,
  torch: recipeTorch,
  optax: recipeOptax,
  json: (recipe) => `${JSON.stringify(recipe)}\n`,
};

/** Adds the command. */
export function addRecipeCommand(program: Command): void {
  const command = program
    .command('recipe')
    .description(
      'write what every parameter is trained with at a width: a table, PyTorch parameter groups, optax, JSON',
    );
  addModelOptions(
    command,
    'a checkpoint folder, or ORG/NAME of the hub, in the place of --net: its parameters by their names, of which only the configuration is read',
  )
    .option('--net <name>', `the network: ${NET_NAMES.join(', ')}`, 'mlp')
    .option('--depth <number>', 'hidden layers, or blocks', depth, 2)
    .option('--width <number>', 'the width that it is trained at', count, 1024)
    .option(
      '--base-width <number>',
      `the width at which powers of it are 1 (default: ${BASE_WIDTH}; with --model it is to be given)`,
      positive,
    )
    .option('--input <number>', 'size of an input, or its channels', count, 8)
    .option('--outputs <number>', 'outputs', count, 1)
    .option('--biases', 'with biases', false)
    .option('--vocabulary <number>', 'tokens of a transformer', count, 256)
    .option('--context <number>', 'tokens that a transformer reads, steps of a series, side of an image', count, 8)
    .option('--heads <number>', 'attention heads of a transformer', count, 2)
    .option('--parametrization <name>', 'sp, ntp, mup, mean-field, up:0.25, or a .json file', 'mup')
    .option('--optimizer <name>', 'adam, sgd, muon, …, or a .json file, or with settings: adam:epsilon=1e-6', 'adam')
    .option('--learning-rate <number>', "at the base width (default: the optimizer's own)", positive)
    .option('--form <name>', RECIPE_FORMS.join(', '), 'as-written')
    .option('--to <name>', Object.keys(WRITERS).join(', '))
    .option('--out <file>', 'write it there')
    .option('--json', 'as --to json', false)
    .addHelpText(
      'after',
      `
Every parameter's initial deviation, multiplier, learning rate, ε and weight decay at a width, so that what was tuned at
the base width serves there. Exactly equivalent forms of one parametrization:

${RECIPE_FORMS.map((form) => `  ${form.padEnd(15)}  ${FORM_WORDS[form]}`).join('\n')}

--to torch writes a module of PyTorch: initialize(model), parameter_groups(model, …), make_optimizers(model), MULTIPLIERS
and OUTPUT_MULTIPLIER, for a model whose parameters have the names of the table. --to optax writes the same for JAX. Trained with
it a network has the losses that nexort train has. Powers of the width on gradients are in rates and ε, where rules have a
place for them.

--model takes a language model in the place of a network: parameters have the names and shapes of its files, its width is that of
its configuration, and --base-width the hidden size at which it was tuned, where it starts as its library draws it
(initializer_range; gains 1, biases 0). n grows with the feed-forward width and the number of heads; heads keep their size.

--json prints one JSON object. Exit code 0: written. 2: bad usage or input, or nothing of the library fits.

Examples:
  nexort recipe --width 1024 --optimizer adam --learning-rate 0.01
  nexort recipe --net transformer --width 512 --optimizer muon --form no-multipliers --to torch --out recipe.py
  nexort recipe --model FOLDER --base-width 256 --optimizer adamw --to torch --out recipe.py
  nexort recipe --width 4096 --base-width 256 --form one-rate --json`,
    )
    .action((options: Options, command: Command) => runCommand(() => recipe(options, command)));
}

async function recipe(options: Options, command: Command): Promise<void> {
  const { width, input, heads, json, out, model } = options;
  if (model !== undefined)
    refuseIdle(
      command,
      NETWORK_OPTIONS.map((option) => ({ option, reason: OWN_SIZES })),
    );
  const name = oneOf(NET_NAMES, options.net, 'train');
  const noTexts = withoutTexts(name);
  const beside = model === undefined ? '--revision and --offline are of --model' : undefined;
  refuseIdle(command, [
    ...['revision', 'offline'].map((option) => ({ option, reason: beside })),
    { option: 'depth', reason: withoutDepth(name) },
    ...['vocabulary', 'heads'].map((option) => ({ option, reason: noTexts })),
    ...['input', 'outputs'].map((option) => ({
      option,
      reason: noTexts === undefined ? `--net ${name} reads texts, which have a vocabulary` : undefined,
    })),
  ]);
  if (noTexts === undefined) checkHeads('--width', [width], heads);
  const form = RECIPE_FORMS.find((one) => one === options.form);
  if (form === undefined) throw unknownRecipeChoice('--form', options.form, RECIPE_FORMS);
  const to = options.to ?? (json ? 'json' : 'markdown');
  const write = Object.hasOwn(WRITERS, to) ? WRITERS[to] : undefined;
  if (write === undefined) throw unknownRecipeChoice('--to', to, Object.keys(WRITERS));
  if (out !== undefined)
    await checkWritable(out).catch((cause: unknown) => {
      throw unwritableRecipe(out, cause);
    });
  const { optimizer, settings } = await toldOptimizer(options.optimizer);
  const { parametrization: given } = await readParametrization(
    options.parametrization,
    ruleOf(optimizer, { settings }),
  );
  if (model !== undefined && options.baseWidth === undefined && given.baseWidth === undefined)
    throw modelWithoutBaseWidth();
  const base = options.baseWidth ?? (given.baseWidth === undefined ? BASE_WIDTH : undefined);
  const how = {
    parametrization: { ...given, baseWidth: baseWidthOf(given, base) },
    optimizer,
    settings: options.learningRate === undefined ? settings : { ...settings, learningRate: options.learningRate },
    form,
  };
  const text = write(
    model === undefined
      ? recipeOf(netOf(name, options), { ...how, sizes: { n: width, input } })
      : await modelRecipe(options, how),
  );
  if (out === undefined) {
    print(text);
    return;
  }
  try {
    await writeAtomically(nodeFiles, out, [new TextEncoder().encode(text)]);
  } catch (cause) {
    throw unwritableRecipe(out, cause);
  }
  printMessage(`recipe: ${out}`);
}

/** Options that describe a network, which a configuration does. */
const NETWORK_OPTIONS = [
  ...['net', 'depth', 'width', 'input', 'outputs', 'biases', 'vocabulary', 'context', 'heads'],
] as const;
const OWN_SIZES = 'the configuration of --model says what the network is';

/** Of a language model, of which the configuration is all that is read. */
async function modelRecipe(options: Options, how: Omit<LanguageRecipeOptions, 'deviation'>): Promise<Recipe> {
  const { folder } = await givenModel(options, 'configuration');
  const { config, initialDeviation } = await describeConfig(checkpointFolder(folder));
  return recipeOfModel(config, { ...how, deviation: initialDeviation() });
}

function netOf(name: NetName, { depth: layers, outputs, biases, vocabulary, context, heads }: Options) {
  const { reads, make } = namedNet(name);
  const places = name === 'cnn2d' ? [context, context] : reads[0] === 'vector' ? [] : [context];
  return make({ depth: layers, classes: outputs, biases, places, vocabulary, heads });
}
