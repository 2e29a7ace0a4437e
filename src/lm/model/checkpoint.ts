/** A checkpoint as a net with its weights. */

import {
  type AdaptedLayers,
  architectureOf,
  factorNames,
  type LanguageModelConfig,
  type LanguageModelHead,
  languageModel,
  type Net,
  type NetParameter,
  type StoredParameter,
} from '../../nets/index.ts';
import type { Tensor } from '../../program/index.ts';
import type { Adapter, AdapterChoice } from '../lora/adapter.ts';
import type { CheckpointFiles } from './checkpointFiles.ts';
import type { CheckpointUse } from './checkpointUse.ts';
import { type ConfigReading, describeConfig } from './config.ts';
import { readDecoder } from './decoder.ts';
import { expectShapes, openTensors, type TensorStore } from './safetensors.ts';
import { numbersIn, storedAs } from './stored.ts';
import { tensorsOfParameters } from './tensorNames.ts';
import { useOf } from './unusedParts.ts';

/** Weights by the net's parameter names. */
export type Weights = Readonly<Record<string, Tensor<Float32Array>>>;

/** A language model whose weights are read from its files when they are asked for. */
export interface LanguageModel {
  readonly net: Net;
  readonly config: LanguageModelConfig;
  /** What of its files is assumed, replaced or not used. */
  readonly use: CheckpointUse;
  /** Numbers in all parameters, tied ones once. */
  readonly parameterCount: number;
  /** Its changes of low rank, by the dense layers that have them. */
  readonly adapted: AdaptedLayers;
  /** The tensors that hold a parameter in a file of this model, all of them the same numbers where it is tied. */
  tensorsOf(parameter: string): readonly string[];
  /** The tensors of its files that parameters are read from, or that are tied to them. */
  readonly ownTensors: ReadonlySet<string>;
  /** The weights of these parameters. Throws the errors of reading tensors. */
  load(names: readonly string[]): Promise<Weights>;
  /** Closes the files; nothing can be loaded afterwards. */
  close(): Promise<void>;
}

/** A language model with all its weights in memory. */
export interface LoadedLanguageModel extends LanguageModel {
  readonly weights: Weights;
}

export type HeadChoice = (config: LanguageModelConfig) => LanguageModelHead;

/** Numbers of parameters by their names that do not come from the files, such as those of a fresh head. */
export type GivenWeights = (
  parameter: string,
  shape: readonly number[],
  reading: Pick<ConfigReading, 'initialDeviation'>,
) => Float32Array | undefined;

/**
 * Opens a language model: reads config.json and the headers of the tensors, and checks that every parameter is there. A tensor
 * may lack the family prefix (a bare encoder's file) or carry the older names of layer-norm parameters. Decoders that are
 * tied and yet stored are compared with what they are tied to (decoder.ts). Each call of `load` reads its tensors again;
 * {@link keepingWeights} does not. Throws the errors of config.ts and safetensors.ts; all missing and misshapen tensors are
 * reported at once. With an adapter, the net has its changes of low rank; its errors are those of `adapter`, and of
 * `languageModel`. Parameters that `given` has are not looked for in the files.
 */
export async function openLanguageModel(
  files: CheckpointFiles,
  head: HeadChoice,
  adapter?: AdapterChoice,
  given: GivenWeights = () => undefined,
): Promise<LanguageModel> {
  const reading = await describeConfig(files);
  const chosen = head(reading.config);
  const store = await openTensors(files);
  let changes: Adapter | undefined;
  const close = async (): Promise<void> => {
    await store.close();
    await changes?.close();
  };
  try {
    const find = (name: string): string | undefined => nameInFile(store, name, architectureOf(reading.config).prefix);
    const decoder = chosen.kind === 'words' ? await readDecoder(store, reading.config, find) : undefined;
    const { config } = decoder ?? reading;
    changes = await adapter?.(config, chosen.kind);
    const net = languageModel(config, chosen, changes?.layers);
    const factors = factorsOf(net, changes);
    const own = givenTensors(net, (name, shape) => given(name, shape, reading));
    const sources = new Map(
      net.parameters
        .filter(({ name }) => !factors.has(name) && !own.has(name))
        .map((parameter) => {
          const stored = storedAs(parameter);
          const source = decoder?.sources.get(parameter.name) ?? sourceOf(stored, find);
          return [parameter.name, { axes: parameter.axes, stored, source }];
        }),
    );
    expectShapes(
      store,
      [...sources.values()].map(({ stored, source }) => ({ name: source, shape: stored.shape })),
      reading.assumed.map(({ entry, value }) => `config.json has no ${entry}; ${value} was assumed.`),
    );
    return {
      net,
      config,
      use: useOf({
        files: await files.list(),
        adapted: changes?.folder === files.folder,
        store,
        reading,
        kind: chosen.kind,
        read: new Set([...sources.values()].map(({ source }) => source)),
        ...(decoder === undefined ? {} : { decoder }),
      }),
      parameterCount: numbersIn(net.parameters),
      adapted: changes?.layers ?? {},
      ...tensorsOfParameters(net, {
        config,
        head: chosen,
        find,
        read: [...sources.values()].map(({ source }) => source),
      }),
      load: async (names) => {
        const weights: Record<string, Tensor<Float32Array>> = {};
        for (const name of names) {
          const factor = factors.get(name);
          if (factor !== undefined && changes !== undefined) weights[name] = await readFactor(changes, factor);
          const fresh = own.get(name);
          if (fresh !== undefined) weights[name] = fresh;
          const found = sources.get(name);
          if (found === undefined) continue;
          const { axes, stored, source } = found;
          weights[name] = { axes, shape: stored.axisSizes, data: await store.read(source) };
        }
        return weights;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same model, whose weights stay in memory once they are read. */
export function keepingWeights(model: LanguageModel): LanguageModel {
  const kept = new Map<string, Tensor<Float32Array>>();
  return {
    ...model,
    load: async (names) => {
      const missing = await model.load(names.filter((name) => !kept.has(name)));
      for (const [name, value] of Object.entries(missing)) kept.set(name, value);
      return Object.fromEntries(
        names.flatMap((name) => {
          const value = kept.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      );
    },
  };
}

/** Opens a language model and reads all its weights. Throws what {@link openLanguageModel} throws, and the errors of reading tensors. */
export async function loadLanguageModel(
  files: CheckpointFiles,
  head: HeadChoice,
  adapter?: AdapterChoice,
  given?: GivenWeights,
): Promise<LoadedLanguageModel> {
  const model = keepingWeights(await openLanguageModel(files, head, adapter, given));
  try {
    return { ...model, weights: await model.load(model.net.parameters.map(({ name }) => name)) };
  } finally {
    await model.close();
  }
}

function givenTensors(
  { parameters }: Net,
  given: (name: string, shape: readonly number[]) => Float32Array | undefined,
): ReadonlyMap<string, Tensor<Float32Array>> {
  return new Map(
    parameters.flatMap((parameter) => {
      const { axisSizes: shape } = storedAs(parameter);
      const data = given(parameter.name, shape);
      return data === undefined ? [] : [[parameter.name, { axes: parameter.axes, shape, data }]];
    }),
  );
}

/** The same model with other numbers of some parameters. */
export function withWeights(model: LanguageModel, weights: Weights): LanguageModel {
  return {
    ...model,
    load: async (names) => {
      const others = await model.load(names.filter((name) => !Object.hasOwn(weights, name)));
      const own = Object.entries(weights).filter(([name]) => names.includes(name));
      return Object.assign(others, Object.fromEntries(own));
    },
  };
}

/** The parameters of changes of low rank, by their names. */
function factorsOf({ parameters }: Net, changes: Adapter | undefined): ReadonlyMap<string, NetParameter> {
  const names = Object.keys(changes?.layers ?? {}).flatMap((layer) => Object.values(factorNames(layer)));
  return new Map(parameters.filter(({ name }) => names.includes(name)).map((parameter) => [parameter.name, parameter]));
}

async function readFactor(changes: Adapter, factor: NetParameter): Promise<Tensor<Float32Array>> {
  return { axes: factor.axes, shape: storedAs(factor).axisSizes, data: await changes.read(factor.name) };
}

/** Where a parameter is read: under its name, else from what is tied to it; its name if neither is there. */
function sourceOf({ name, fallback }: StoredParameter, find: (name: string) => string | undefined): string {
  return find(name) ?? (fallback === undefined ? undefined : find(fallback)) ?? name;
}

/** The name under which files hold a tensor: its own, without the family prefix, or with the older words of layer norms. */
export function nameInFile(store: TensorStore, name: string, prefix: string): string | undefined {
  const wanted = [name, name.startsWith(prefix) ? name.slice(prefix.length) : name];
  const old = wanted.map((candidate) =>
    candidate.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
  );
  return [...wanted, ...old].find((candidate) => store.has(candidate));
}
