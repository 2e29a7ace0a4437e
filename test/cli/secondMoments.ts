/** Second moments of gradients for tests: a number for each parameter of a model of words for two classes. */

import { writeFile } from 'node:fs/promises';
import { readConfig } from '../../src/lm/model/config.ts';
import { storedAs } from '../../src/lm/model/stored.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { languageModel } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { floats, safetensorsFile } from '../lm/model/safetensorsFile.ts';

/** Writes the file and returns its path; `change` makes other shapes. */
export async function writeMoments(
  model: string,
  path: string,
  change: (name: string, shape: readonly number[]) => readonly number[] = (_, shape) => shape,
): Promise<string> {
  const net = languageModel(await readConfig(checkpointFolder(model)), { kind: 'words', classes: 2, untie: false });
  const tensors = net.parameters.map((parameter) => {
    const shape = change(parameter.name, storedAs(parameter).shape);
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from(stream(5, parameter.name).normals(size), (z) => z * z);
    return [parameter.name, floats(shape, values)] as const;
  });
  await writeFile(path, safetensorsFile(Object.fromEntries(tensors)));
  return path;
}
