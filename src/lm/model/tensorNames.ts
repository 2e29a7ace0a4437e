/** Under which names a file of a model holds its parameters: as the file that they were read from, ties included. */

import { architectureOf, type LanguageModelConfig, type LanguageModelHead, type Net } from '../../nets/index.ts';
import { storedAs } from './stored.ts';

interface NamingOptions {
  readonly config: LanguageModelConfig;
  readonly head: LanguageModelHead;
  /** The name of a tensor in the files, where they hold it. */
  readonly find: (name: string) => string | undefined;
  /** Tensors that parameters are read from. */
  readonly read: readonly string[];
}

/**
 * Names by parameter. The head of another task, which no checkpoint of a language model has, stands beside parameters under
 * their full names: what loads classifiers does not find those of a bare encoder.
 */
export function tensorsOfParameters({ parameters }: Net, { config, head, find, read }: NamingOptions) {
  const { wordTable, weight, bias, ownBias } = architectureOf(config).words.decoder;
  const tied = config.tied && !(head.kind === 'words' && head.untie);
  const known = (name: string): string | undefined => (head.kind === 'words' ? find(name) : undefined);
  /** Tensors of the same numbers: of a decoder that is tied, where the file has them; of its bias in any case where it is not. */
  const biases = bias === undefined || ownBias === undefined ? undefined : ([bias, ownBias] as const);
  const twins = new Map<string, readonly string[]>(
    tied
      ? [[wordTable, there([weight])], ...(biases === undefined ? [] : [[biases[0], there([biases[1]])] as const])]
      : biases === undefined
        ? []
        : [biases, [biases[1], biases[0]] as const].map(([one, other]) => [one, [other]] as const),
  );
  const names = new Map(
    parameters.map((parameter) => {
      const { name } = storedAs(parameter);
      const others = head.kind === 'words' ? (twins.get(parameter.name) ?? []) : [];
      return [parameter.name, [known(name) ?? name, ...others.map((other) => known(other) ?? other)]] as const;
    }),
  );
  return {
    tensorsOf: (parameter: string): readonly string[] => names.get(parameter) ?? [],
    ownTensors: new Set([...read, ...[...names.values()].flat()]),
  };

  function there(candidates: readonly string[]): readonly string[] {
    return candidates.filter((name) => find(name) !== undefined);
  }
}
