import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../src/lm/model/config.ts';
import { storedAs } from '../../src/lm/model/stored.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { languageModel } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';
import { bytesWithWords } from '../lm/text/tinyTokenizers.ts';

/** Of a GPT-2 with one block. */
const CONFIG = { model_type: 'gpt2', n_positions: 256, n_embd: 8, n_layer: 1, n_head: 2, n_inner: 16 };

/** Writes a decoder of random weights whose vocabulary has these words, with further files. */
export async function writeTinyDecoder(
  folder: string,
  words: readonly string[],
  others: Readonly<Record<string, string | object>> = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, content: string | object) =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const tokenizer = bytesWithWords(words, ['<s>', '</s>']);
  await write('tokenizer.json', tokenizer);
  await write('config.json', { ...CONFIG, vocab_size: 256 });
  for (const [name, content] of Object.entries(others)) await write(name, content);
  const net = languageModel(await readConfig(checkpointFolder(folder)), { kind: 'words', classes: 2, untie: false });
  const weights = stream(1, 'tiny decoder');
  const tensors = net.parameters.map((parameter) => {
    const { shape } = storedAs(parameter);
    const values = weights.substream(parameter.name).normals(shape.reduce((a, b) => a * b, 1));
    return [
      parameter.name,
      floats(
        shape,
        Float32Array.from(values, (value) => 0.1 * value),
      ),
    ] as const;
  });
  await writeFile(join(folder, 'model.safetensors'), safetensorsFile(Object.fromEntries(tensors)));
}
