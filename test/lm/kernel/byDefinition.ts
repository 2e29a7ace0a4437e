/**
 * Gradients of tiny encoders by definition: of the composed chain, dense, one example and one output at a time, in the f64
 * oracle. Weights are random.
 */

import type { Encoded } from '../../../src/lm/kernel/batches.ts';
import type { OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import type { LoadedLanguageModel, Weights } from '../../../src/lm/model/checkpoint.ts';
import { numbersIn, storedAs } from '../../../src/lm/model/stored.ts';
import {
  type AdaptedLayers,
  type LanguageModelConfig,
  type LanguageModelHead,
  languageModel,
} from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import {
  compose,
  denseGradients,
  entries,
  gradientName,
  indexTensor,
  reorder,
  reverse,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';

export const base: LanguageModelConfig = { ...smallEncoder, positions: 12 };
export const roberta = { ...base, family: 'roberta', firstPosition: 2 } as const;

/** Of several lengths, so that some are padded and batches differ; tokens repeat within examples and between them. */
export const examples: readonly Encoded[] = [5, 3, 8, 4, 6, 5, 2].map((length, k) => {
  const ids = [...stream(4, `example ${k}`).uniforms(length)].map((u) => Math.floor(u * base.vocabulary));
  return { ids, place: (2 * k + 1) % length };
});

/** A model as a checkpoint would give it; gains of layer norms near 1, factors of low rank away from their start. */
export function modelOf(
  config: LanguageModelConfig,
  head: LanguageModelHead,
  adapted: AdaptedLayers = {},
): LoadedLanguageModel {
  const net = languageModel(config, head, adapted);
  const weights: Weights = Object.fromEntries(
    net.parameters.map((parameter) => {
      const { name, axes } = parameter;
      const { axisSizes: shape } = storedAs(parameter);
      const center = /norm\.weight$/i.test(name) ? 1 : 0;
      const normals = stream(7, name).normals(entries(shape));
      return [name, { axes, shape, data: Float32Array.from(normals, (z) => center + 0.4 * z) }];
    }),
  );
  return {
    ...{ adapted: {}, tensorsOf: (parameter) => [parameter], ownTensors: new Set() },
    use: { assumed: [], replaced: [], unused: [] },
    ...{ net, config, weights, parameterCount: numbersIn(net.parameters) },
    load: async (names) => Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name))),
    close: async () => undefined,
  };
}

export function headData({ kind, classes }: LanguageModelHead, { width }: LanguageModelConfig): Tensors {
  if (kind === 'linear' || kind === 'dense') return {};
  if (kind === 'words') return { labels: indexTensor(['class'], [classes], [4, 7, 11].slice(0, classes)) };
  const functional = Float32Array.from(stream(8, 'functional').normals(classes * width));
  return {
    functional: { axes: ['class', 'n'], shape: [classes, width], data: functional },
    offset: { axes: ['class'], shape: [classes], data: new Float32Array(classes).fill(0.5) },
  };
}

export type Gradients = ReadonlyMap<string, Float64Array>;

/** Gradients of every example's every output, outputs innermost, by parameter; and the logits, classes innermost. */
export function byDefinition(model: LoadedLanguageModel, head: Tensors, { outputs, weights }: OutputWeights) {
  const program = compose(model.net.chain);
  const { program: whole, factors, zero, flat } = reverse(program, { output: 'logits', seed: ['batch', 'class'] });
  const backward = denseGradients({ program: whole, factors, zero, flat });
  const classes = weights.length / outputs;
  const logits: number[] = [];
  const gradients: Gradients[] = [];
  for (const { ids, place } of examples) {
    const time = ids.length;
    const feeds: Tensors = {
      ...model.weights,
      ...head,
      tokens: indexTensor(['batch', 'time'], [1, time], ids),
      kinds: indexTensor(
        ['batch', 'time'],
        [1, time],
        ids.map(() => 0),
      ),
      positions: indexTensor(
        ['time'],
        [time],
        ids.map((_, t) => t + model.config.firstPosition),
      ),
      padding: tensor(['batch', "time'"], [1, time], new Float64Array(time)),
      place: indexTensor(['batch'], [1], [place]),
    };
    for (let c = 0; c < outputs; c++) {
      const column = Array.from({ length: classes }, (_, k) => weights[k * outputs + c] ?? Number.NaN);
      const results = interpret(backward, { ...feeds, 'd.logits': tensor(['batch', 'class'], [1, classes], column) });
      if (c === 0) logits.push(...(results.logits?.data ?? []));
      gradients.push(
        new Map(
          model.net.parameters.flatMap(({ name, axes }) => {
            const found = results[gradientName(name)];
            return found === undefined ? [] : [[name, reorder(found, axes).data] as const];
          }),
        ),
      );
    }
  }
  return { logits, gradients };
}
