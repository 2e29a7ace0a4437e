/**
 * BERT and RoBERTa: embed, block × L, head (Devlin et al. 2018; Liu et al. 2019; post-layer-norm encoders).
 *
 * Parameters carry the names of Hugging Face checkpoints, so what is printed, selected and reported is what the file
 * holds. All sizes but batch and time are numbers: a checkpoint is a finite object, no axis is a width, and cotangents
 * are those of ordinary backpropagation. Attention weights live on [head, key, n]; the checkpoint loader reshapes.
 */

import { required, unreachable } from '../errors/index.ts';
import { type Axis, compose, pushGathers, type Stage, simplify, spaceOf } from '../program/index.ts';
import type { EncoderConfig, EncoderHead } from './encoderConfig.ts';
import { BIAS, DECODER, decoderNames, headNames } from './encoderHeads.ts';
import { type AdaptedLayers, checkAdapted, denseLayers, headDense, layerPrefix, within } from './encoderLayers.ts';
import {
  blockStage,
  denseStage,
  embeddingStage,
  functionalStage,
  linearStage,
  PRODUCT,
  wordsStage,
} from './encoderStages.ts';
import * as errors from './errors.ts';
import { type Net, netOf, type StoredParameter } from './net.ts';
import { type PlacedStage, placed, told, type WrittenStage } from './stage.ts';

/**
 * An encoder with a head.
 *
 * Data `tokens`, `kinds` [batch, time], `positions` [time], `padding` [batch, time′], 0 at tokens and very negative at
 * padding; of words `place` [batch], the position that is read, and `labels` [class], rows of the decoder; of a functional
 * `functional` [class, n] and `offset` [class]. Output `logits` [batch, class].
 *
 * `adapted` gives dense layers, by the names of {@link denseLayers}, a change of low rank with parameters
 * `….lora_A.weight` and `….lora_B.weight`. Throws {@link UserError} `nets.unknown-layers`, `nets.bad-rank`.
 */
export function encoder(config: EncoderConfig, head: EncoderHead, adapted: AdaptedLayers = {}): Net {
  const { family } = config;
  checkAdapted(denseLayers(config, head.kind), adapted);
  const decoder = decoderNames(family);
  const names = headNames(family, head.kind);
  const tied = head.kind === 'words' && config.tied && !head.untie;
  const headName = (own: string): string => {
    if (tied && own === DECODER) return decoder.wordTable;
    if (!config.tied && own === BIAS) return decoder.ownBias;
    return names[own] ?? own.replace(/^dense(?=\.lora_)/, headDense(family));
  };
  const blockOf = blocksWith(config, head.classes);
  const under = (prefix: string) => (own: string) => `${prefix}${own}`;
  const embedding = placed(embeddingStage(config, head.classes), {
    name: 'embed',
    parameter: under(`${family}.embeddings.`),
  });
  const blocks = Array.from({ length: config.layers }, (_, l) => {
    const prefix = layerPrefix(family, l);
    return placed(blockOf(within(adapted, prefix)), {
      name: `layer.${l}`,
      parameter: under(prefix),
      layer: under(`layer ${l} `),
    });
  });
  const last = [...blocks.slice(-1), placed(topStage(config, head, adapted), { name: 'head', parameter: headName })];
  const stages = [embedding, ...blocks.slice(0, -1), readAtOnePlace(last)];
  const others: Readonly<Record<string, string>> = {
    [decoder.weight]: decoder.wordTable,
    [decoder.bias]: decoder.ownBias,
    [decoder.ownBias]: decoder.bias,
    ...(config.tied ? { [decoder.wordTable]: decoder.weight } : {}),
  };
  const fallback = (name: string) => {
    const other = others[name];
    return other === undefined ? {} : { fallback: other };
  };
  return netOf(
    { name: `${family} encoder`, stages: stages.map(({ stage }) => stage) },
    {
      output: 'logits',
      multiplied: `head.${PRODUCT}`,
      ...told(stages),
      checkpoint: (name, axes, stage) => ({ ...stored(name, axes, stage), ...fallback(name) }),
    },
  );
}

function topStage(config: EncoderConfig, { kind, classes }: EncoderHead, adapted: AdaptedLayers): WrittenStage {
  switch (kind) {
    case 'words':
      return wordsStage(config, classes, within(adapted, headDense(config.family), 'dense'));
    case 'functional':
      return functionalStage(config, classes);
    case 'linear':
      return linearStage(config, classes);
    case 'dense':
      return denseStage(config, classes);
    default:
      return unreachable(kind, 'topStage');
  }
}

/** Blocks by their changes of low rank: equal ones are one program, so that an engine compiles it once. */
function blocksWith(config: EncoderConfig, classes: number): (adapted: AdaptedLayers) => WrittenStage {
  const known = new Map<string, WrittenStage>();
  return (adapted) => {
    const key = JSON.stringify(Object.entries(adapted).sort());
    const block = known.get(key) ?? blockStage(config, classes, adapted);
    known.set(key, block);
    return block;
  };
}

/**
 * The last block and the head as one stage. The head reads one position, so nothing but keys and values of the block is
 * computed for the others. Values that are still there keep their names, and layers whose values are.
 */
function readAtOnePlace(parts: readonly PlacedStage[]): PlacedStage {
  const whole = compose({ name: 'last block and head', stages: parts.map(({ stage }) => stage) });
  const logits = { ...whole, outputs: whole.outputs.filter(({ name }) => name === 'logits') };
  const program = simplify(pushGathers(logits));
  const names = program.nodes.map(({ name }) => name);
  const has = new Set(names);
  const { kinds, layers } = told(parts);
  return {
    stage: { name: 'top', program, parameters: {}, values: Object.fromEntries(names.map((name) => [name, name])) },
    kinds,
    layers: layers.filter(
      ({ preactivation, activation = preactivation }) => has.has(preactivation) && has.has(activation),
    ),
  };
}

function stored(name: string, axes: readonly Axis[], { program }: Stage): StoredParameter {
  const axisSizes = axes.map((axis) => {
    const size = program.spaces.find((space) => space.name === spaceOf(axis))?.size;
    if (typeof size !== 'number') throw errors.lateSize(name, axis);
    return size;
  });
  return { name, axisSizes, shape: storedShape(axes, axisSizes) };
}

/** Checkpoints store head and key as one dimension. */
function storedShape(axes: readonly Axis[], sizes: readonly number[]): number[] {
  const shape: number[] = [];
  axes.forEach((axis, k) => {
    const size = required(sizes[k], `size of axis "${axis}"`);
    if (axis === 'key') shape.push(required(shape.pop(), 'dimension of the heads') * size);
    else shape.push(size);
  });
  return shape;
}
