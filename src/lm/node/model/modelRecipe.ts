/**
 * The recipe of a language model of a checkpoint's configuration, by the names that its files have. The configuration is the
 * model at its width; kinds of its parameters say how it would grow (nets/language/parameterKinds.ts), and powers are those
 * of its width over the base width.
 */

import { required } from '../../../errors/index.ts';
import { type LanguageModelConfig, languageModel, type Net, netOf, parameterKinds } from '../../../nets/index.ts';
import { SP, toNumber } from '../../../parametrizations/index.ts';
import { type Law, rewrite } from '../../../program/index.ts';
import { type Recipe, type RecipeOptions, recipeOf } from '../../../training/index.ts';

/** How the library draws a model at the base width. */
export interface LanguageStart {
  readonly baseWidth: number;
  /** Standard deviation of weights and tables, `initializer_range`. */
  readonly deviation: number;
  /** How many tokens the head tells apart, rows of the table that are read; default all, by index. */
  readonly classes?: number;
}

/** Weights that a family's library draws smaller by √(2 · blocks): those that add to the residual stream. */
const SMALLER: Readonly<Partial<Record<LanguageModelConfig['family'], RegExp>>> = { gpt2: /\.c_proj\.weight$/ };

/**
 * The model as a net with the kinds of its parameters, which starts at the base width as its library draws it: normal weights
 * and tables, gains of 1, biases of 0.
 */
export function grownLanguageModel(config: LanguageModelConfig, start: LanguageStart): Net {
  const { classes = config.vocabulary } = start;
  const head = { kind: 'words', classes, untie: false } as const;
  const net = languageModel(config, head);
  const known = new Map(parameterKinds(config, head).parameters.map((one) => [one.name, one]));
  const of = (name: string) => required(known.get(name), `kind of "${name}"`);
  const lawOf = (name: string): Law => {
    const { role, kind } = of(name);
    if (role === 'gain' || role === 'bias') return { kind: 'constant', value: role === 'gain' ? 1 : 0 };
    const smaller = SMALLER[config.family]?.test(name) === true ? Math.sqrt(2 * config.layers) : 1;
    // A parametrization puts the standard one at the base width in front.
    const standard = start.baseWidth ** toNumber(required(SP.kinds[kind], `standard exponents of a ${kind}`).b);
    return { kind: 'gaussian', scale: (start.deviation / smaller) * standard, powers: [] };
  };
  const program = rewrite(net.program, ({ name, instruction }) =>
    instruction.op === 'parameter' ? { ...instruction, law: lawOf(name) } : undefined,
  );
  const { output, multiplied, layers, zeroEntries } = net;
  return netOf(program, {
    output,
    layers,
    kinds: Object.fromEntries(net.parameters.map(({ name }) => [name, of(name).kind])),
    ...(multiplied === undefined ? {} : { multiplied }),
    ...(zeroEntries === undefined ? {} : { zeroEntries }),
  });
}

/** What the recipe of a language model is made of. */
export interface LanguageRecipeOptions extends Omit<RecipeOptions, 'sizes'> {
  /** Of weights and tables at the base width. */
  readonly deviation: number;
}

/**
 * The recipe of a model at its width, beside the base width of the parametrization. Shapes are those of its files, and
 * matrices, for updates of whole ones, are their first dimension times the rest. Throws as {@link recipeOf}.
 */
export function recipeOfModel(config: LanguageModelConfig, options: LanguageRecipeOptions): Recipe {
  const { deviation, parametrization } = options;
  const net = grownLanguageModel(config, { deviation, baseWidth: parametrization.baseWidth ?? 1 });
  const shapes = new Map(parameterKinds(config).parameters.map(({ name, shape }) => [name, shape]));
  const recipe = recipeOf(net, { ...options, sizes: { n: config.width } });
  return {
    ...recipe,
    parameters: recipe.parameters.map((parameter) => {
      const shape = required(shapes.get(parameter.name), `shape of "${parameter.name}"`);
      const [rows, ...rest] = shape;
      const matrix = [required(rows, 'rows of a matrix'), rest.reduce((product, size) => product * size, 1)] as const;
      return { ...parameter, shape, ...(parameter.matrix === undefined ? {} : { matrix }) };
    }),
  };
}
