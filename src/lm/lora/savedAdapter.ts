/** Adapters as peft saves them: `adapter_config.json` and `adapter_model.safetensors`. */

import { required } from '../../errors/index.ts';
import { architectureOf, type DenseLayer, denseLayers, factorNames, type LowRank } from '../../nets/index.ts';
import { missingFile } from '../errors.ts';
import { type CheckpointFiles, readJsonObject } from '../model/checkpointFiles.ts';
import { openTensors, type TensorStore } from '../model/safetensors.ts';
import type { AdapterChoice } from './adapter.ts';
import { readAdapterConfig } from './adapterConfig.ts';
import { adapterMismatch, unconvertedAdapter } from './loraErrors.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_TENSORS = 'adapter_model.safetensors';
const PICKLED = 'adapter_model.bin';
/** What peft wraps a model's names in. */
export const WRAPPED = 'base_model.model.';

/** What is expected where an adapter is read. */
export const ADAPTER = `an adapter of peft (${ADAPTER_CONFIG}, ${ADAPTER_TENSORS})`;

/** The files of an adapter that its numbers come from. */
export const ADAPTER_FILES: readonly string[] = [ADAPTER_CONFIG, ADAPTER_TENSORS];

/** A factor, and where it is read. */
interface Factor {
  readonly tensor: string;
  readonly shape: readonly number[];
}

/**
 * Opens an adapter that peft has saved. Throws the errors of reading files; {@link UserError} `lm.missing-file`,
 * `lm.bad-adapter-config`, `lm.adapter-mismatch`, `lm.unconverted-weights`; {@link UnsupportedError}
 * `lm.unsupported-adapter`.
 */
export function savedAdapter(files: CheckpointFiles): AdapterChoice {
  return async (config, head) => {
    const found = await files.list();
    if (!found.includes(ADAPTER_TENSORS) && found.includes(PICKLED)) throw unconvertedAdapter(files.folder, PICKLED);
    for (const name of ADAPTER_FILES) {
      if (!found.includes(name)) throw missingFile(files.folder, name, found, ADVICE);
    }
    const changeOf = readAdapterConfig(await readJsonObject(files, ADAPTER_CONFIG), files.path(ADAPTER_CONFIG));
    const store = await openTensors(files, ADAPTER_TENSORS);
    try {
      const { prefix } = architectureOf(config);
      const bare = !store.names.some((name) => name.startsWith(`${WRAPPED}${prefix}`));
      // An adapter of the bare encoder knows it without the family's name, and no head.
      const known = (name: string): string => (bare ? name.replace(prefix, '') : name);
      const changed = denseLayers(config, 'words').flatMap((layer) => {
        const lowRank = bare && layer.layer === undefined ? undefined : changeOf({ ...layer, name: known(layer.name) });
        return lowRank === undefined ? [] : [{ layer, lowRank }];
      });
      const factors = new Map(changed.flatMap((one) => storedFactors(one, (name) => `${WRAPPED}${known(name)}`)));
      expectFactors(store, files, factors);
      const here = new Set(denseLayers(config, head).map(({ name }) => name));
      return {
        folder: files.folder,
        layers: Object.fromEntries(
          changed.filter(({ layer }) => here.has(layer.name)).map(({ layer, lowRank }) => [layer.name, lowRank]),
        ),
        read: (parameter) => store.read(required(factors.get(parameter), `factor "${parameter}"`).tensor),
        close: () => store.close(),
      };
    } catch (error) {
      await store.close();
      throw error;
    }
  };
}

const ADVICE = "Give a folder that peft's save_pretrained has written an adapter of LoRA to.";

function storedFactors(
  { layer, lowRank }: { readonly layer: DenseLayer; readonly lowRank: LowRank },
  tensor: (name: string) => string,
): (readonly [string, Factor])[] {
  const { a, b } = factorNames(layer.name);
  return [
    [a, { tensor: tensor(a), shape: [lowRank.rank, layer.columns] }],
    [b, { tensor: tensor(b), shape: [layer.rows, lowRank.rank] }],
  ];
}

/** All factors are there with their shapes, and nothing else is. */
function expectFactors(store: TensorStore, { folder }: CheckpointFiles, factors: ReadonlyMap<string, Factor>): void {
  const wanted = [...factors.values()];
  const told = new Set(wanted.map(({ tensor }) => tensor));
  const missing = wanted.filter(({ tensor }) => !store.has(tensor));
  const misshaped = wanted
    .filter(({ tensor }) => store.has(tensor))
    .map(({ tensor, shape }) => ({ tensor, expected: shape, found: store.shape(tensor) }))
    .filter(({ expected, found }) => expected.length !== found.length || expected.some((n, k) => n !== found[k]));
  const others = store.names.filter((name) => !told.has(name));
  if (wanted.length === 0 || missing.length + misshaped.length + others.length > 0) {
    throw adapterMismatch(folder, { missing, misshaped, others });
  }
}
