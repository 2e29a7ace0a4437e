/** A checkpoint folder as a net with its weights. */

import {
  type CheckpointParameter,
  type EncoderConfig,
  type EncoderHead,
  type EncoderNet,
  encoder,
} from '../nets/index.ts';
import type { Tensor } from '../program/index.ts';
import { readConfig } from './config.ts';
import { expectShapes, openTensors, type TensorStore } from './safetensors.ts';

/** Weights by the net's parameter names. */
export type Weights = Readonly<Record<string, Tensor<Float32Array>>>;

export interface LoadedEncoder {
  readonly net: EncoderNet;
  readonly weights: Weights;
  /** Numbers in all parameters, tied ones once. */
  readonly parameterCount: number;
}

/**
 * Reads config.json and the tensors of an encoder. A tensor may lack the family prefix (a bare encoder's file) or carry
 * the older names of layer-norm parameters. Throws the errors of config.ts and safetensors.ts; all missing and misshapen
 * tensors are reported at once.
 */
export async function loadEncoder(
  folder: string,
  head: (config: EncoderConfig) => EncoderHead,
): Promise<LoadedEncoder> {
  const config = await readConfig(folder);
  const net = encoder(config, head(config));
  const store = await openTensors(folder);
  try {
    const sources = net.parameters.map((parameter) => ({
      parameter,
      source: nameInFile(store, parameter, config.family),
    }));
    expectShapes(
      store,
      sources.map(({ parameter, source }) => ({ name: source, shape: parameter.shape })),
    );
    const weights: Record<string, Tensor<Float32Array>> = {};
    let parameterCount = 0;
    for (const { parameter, source } of sources) {
      const data = await store.read(source);
      weights[parameter.name] = { axes: parameter.axes, shape: parameter.axisSizes, data };
      parameterCount += data.length;
    }
    return { net, weights, parameterCount };
  } finally {
    await store.close();
  }
}

/** The first of the names under which files hold a parameter; its own name if none is there. */
function nameInFile(store: TensorStore, { name, fallback }: CheckpointParameter, family: string): string {
  const wanted = fallback === undefined ? [name] : [name, fallback];
  const bare = wanted.map((candidate) => candidate.replace(`${family}.`, ''));
  const old = [...wanted, ...bare].map((candidate) =>
    candidate.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
  );
  return [...wanted, ...bare, ...old].find((candidate) => store.has(candidate)) ?? name;
}
