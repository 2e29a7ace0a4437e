import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfig } from '../../src/lm/model/config.ts';
import { storedAs } from '../../src/lm/model/stored.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { languageModel } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';

const TOKENIZER = resolve(import.meta.dirname, '../../models/tiny-mlm/tokenizer.json');

/** Sizes small enough for a run of a second; the vocabulary is the embedded tokenizer's. */
const CONFIG = {
  model_type: 'bert',
  vocab_size: 8192,
  max_position_embeddings: 128,
  type_vocab_size: 2,
  hidden_size: 32,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 64,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
};

/** Writes a checkpoint of random weights with the embedded model's tokenizer; another seed is another model. */
export async function writeTinyModel(folder: string, seed: number, layers = CONFIG.num_hidden_layers): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...CONFIG, num_hidden_layers: layers }));
  await copyFile(TOKENIZER, join(folder, 'tokenizer.json'));
  const net = languageModel(await readConfig(checkpointFolder(folder)), { kind: 'words', classes: 2, untie: false });
  const weights = stream(seed, 'tiny model');
  const tensors = net.parameters.map((parameter) => {
    const { name } = parameter;
    const { shape } = storedAs(parameter);
    const values = weights.substream(name).normals(shape.reduce((a, b) => a * b, 1));
    const center = name.endsWith('LayerNorm.weight') ? 1 : 0;
    return [
      name,
      floats(
        shape,
        Float32Array.from(values, (value) => center + 0.1 * value),
      ),
    ] as const;
  });
  await writeFile(join(folder, 'model.safetensors'), safetensorsFile(Object.fromEntries(tensors)));
}
