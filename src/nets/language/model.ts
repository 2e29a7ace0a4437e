/**
 * Language models: embed, block × L, head. Encoders in the manner of BERT (Devlin et al. 2018) and decoders in that of GPT
 * (Radford et al. 2019), each family from its description.
 *
 * Parameters carry the names of Hugging Face checkpoints, so what is printed, selected and reported is what the file
 * holds. All sizes but batch and time are numbers: a checkpoint is a finite object, no axis is a width, and cotangents
 * are those of ordinary backpropagation. Attention weights live on [head, key, n]; the checkpoint loader reshapes.
 */

import { required, unreachable } from '../../errors/index.ts';
import { type Axis, compose, pushGathers, type Stage, simplify, spaceOf } from '../../program/index.ts';
import * as errors from '../errors.ts';
import { type Net, netOf, type StoredParameter } from '../net.ts';
import { type PlacedStage, placed, told, type WrittenStage } from '../stage.ts';
import type { Architecture, BlockDescription } from './architecture.ts';
import type { LanguageModelConfig, LanguageModelHead } from './config.ts';
import { type AdaptedLayers, checkAdapted, denseLayers, within } from './denseLayers.ts';
import { architectureOf } from './families/index.ts';
import { denseStage, functionalStage, LOCAL, linearStage, PRODUCT, wordsStage } from './headStages.ts';
import { blockStage, embeddingStage } from './stages.ts';
import { storedShape } from './storedShape.ts';

/**
 * A language model with a head.
 *
 * Data `tokens` [batch, time] and, where the family has them, `kinds` [batch, time], `positions` [time], `places`
 * [time], which count the tokens, and `padding` [batch, time′], 0 at tokens and very negative at padding; of words
 * `place` [batch], the position that is read, and `labels` [class], rows of the decoder; of a functional `functional`
 * [class, n] and `offset` [class]. Output `logits` [batch, class]. Sizes are the configuration's numbers; weights start
 * at N(0, 1) whatever the width, for a checkpoint or a parametrization to tell otherwise.
 *
 * `adapted` gives dense layers, by the names of {@link denseLayers}, a change of low rank with parameters
 * `….lora_A.weight` and `….lora_B.weight`. Throws {@link UserError} `nets.unknown-layers`, `nets.bad-rank`;
 * {@link UnsupportedError} `nets.no-classifier`.
 */
export function languageModel(config: LanguageModelConfig, head: LanguageModelHead, adapted: AdaptedLayers = {}): Net {
  const architecture = architectureOf(config);
  checkAdapted(denseLayers(config, head.kind), adapted);
  const { decoder } = architecture.words;
  const blockOf = blocksWith(config, head.classes);
  const under = (prefix: string) => (own: string) => `${prefix}${own}`;
  const embedding = placed(embeddingStage(architecture, config, head.classes), {
    name: 'embed',
    parameter: under(architecture.embedding.prefix),
  });
  const blocks = Array.from({ length: config.layers }, (_, l) => {
    const prefix = architecture.blockPrefix(l);
    return placed(blockOf(architecture.block(l), within(adapted, prefix)), {
      name: `layer.${l}`,
      parameter: under(prefix),
      layer: under(`layer ${l} `),
    });
  });
  const top = placed(topStage(architecture, config, head, adapted), {
    name: 'head',
    parameter: headNames(architecture, config, head),
  });
  const stages = [embedding, ...blocks.slice(0, -1), readAtOnePlace([...blocks.slice(-1), top])];
  const { wordTable, weight, bias, ownBias } = decoder;
  const others: Readonly<Record<string, string>> = {
    [weight]: wordTable,
    ...(bias === undefined || ownBias === undefined ? {} : { [bias]: ownBias, [ownBias]: bias }),
    ...(config.tied ? { [wordTable]: weight } : {}),
  };
  const fallback = (name: string) => {
    const other = others[name];
    return other === undefined ? {} : { fallback: other };
  };
  const offset = head.kind !== 'words' || bias !== undefined;
  return netOf(
    { name: architecture.name, stages: stages.map(({ stage }) => stage) },
    {
      output: 'logits',
      ...(offset ? { multiplied: `head.${PRODUCT}` } : {}),
      ...told(stages),
      checkpoint: (name, axes, stage) => ({ ...stored(name, axes, stage), ...fallback(name) }),
    },
  );
}

/** Names in checkpoints of a head's parameters by those in its stage. */
function headNames(
  { words, classifier, finalNorm }: Architecture,
  config: LanguageModelConfig,
  head: LanguageModelHead,
): (own: string) => string {
  const { wordTable, weight, bias, ownBias = bias } = words.decoder;
  const tied = head.kind === 'words' && config.tied && !head.untie;
  const turn = head.kind === 'words' ? words.turn : classifier?.turn;
  const out = head.kind === 'dense' ? classifier?.out : 'classifier';
  const whole: Readonly<Record<string, string | undefined>> = {
    [`${LOCAL.decoder}.weight`]: tied ? wordTable : weight,
    [`${LOCAL.decoder}.bias`]: config.tied ? bias : ownBias,
  };
  const layers: Readonly<Record<string, string | undefined>> = {
    [LOCAL.finalNorm]: finalNorm,
    [LOCAL.dense]: turn?.dense.name,
    [LOCAL.norm]: turn?.norm,
    [LOCAL.out]: out,
  };
  return (own) => {
    const layer = own.replace(/\..*$/, '');
    return whole[own] ?? own.replace(layer, required(layers[layer], `name of "${own}" in checkpoints`));
  };
}

function topStage(
  architecture: Architecture,
  config: LanguageModelConfig,
  { kind, classes }: LanguageModelHead,
  adapted: AdaptedLayers,
): WrittenStage {
  const { words, classifier, name } = architecture;
  if (kind !== 'words' && classifier === undefined) throw errors.noClassifier(name);
  switch (kind) {
    case 'words':
      return wordsStage(architecture, config, classes, within(adapted, words.turn?.dense.name ?? name, LOCAL.dense));
    case 'functional':
      return functionalStage(architecture, config, classes);
    case 'linear':
      return linearStage(architecture, config, classes);
    case 'dense':
      return denseStage(architecture, config, classes);
    default:
      return unreachable(kind, 'topStage');
  }
}

/** Blocks by their changes of low rank: equal ones are one program, so that an engine compiles it once. */
function blocksWith(
  config: LanguageModelConfig,
  classes: number,
): (block: BlockDescription, adapted: AdaptedLayers) => WrittenStage {
  const known = new Map<string, WrittenStage>();
  return (description, adapted) => {
    const key = JSON.stringify([description, Object.entries(adapted).sort()]);
    const block = known.get(key) ?? blockStage(description, config, classes, adapted);
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
  const { kinds, layers, zeroEntries = [] } = told(parts);
  return {
    stage: { name: 'top', program, parameters: {}, values: Object.fromEntries(names.map((name) => [name, name])) },
    kinds,
    zeroEntries,
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
