/** The last stage of a language model: what is read off it. */

import type { Value } from '../../program/index.ts';
import { NetWriter } from '../netWriter.ts';
import { normalized } from '../parts/normalization.ts';
import { projected } from '../parts/projection.ts';
import type { WrittenStage } from '../stage.ts';
import { ENCODER_ACTIVATIONS } from './activations.ts';
import type { Architecture, TurnDescription } from './architecture.ts';
import type { LanguageModelConfig } from './config.ts';
import type { AdaptedLayers } from './denseLayers.ts';
import { HIDDEN, HIDDEN_AXES, normOf, projection, spaces } from './stages.ts';

/** The product of features and readout, before an offset of each class is added. */
export const PRODUCT = 'product';

/** What the parameters of a head are called in its stage, in front of `.weight`, `.bias` and factors of low rank. */
export const LOCAL = { finalNorm: 'norm', dense: 'dense', norm: 'LayerNorm', decoder: 'decoder', out: 'out' } as const;

/** The head of the language model at one position; only the label words' rows of the decoder are read. */
export function wordsStage(
  architecture: Architecture,
  config: LanguageModelConfig,
  classes: number,
  adapted: AdaptedLayers,
): WrittenStage {
  const net = new NetWriter('words head', spaces(config, classes));
  const { writer } = net;
  const { turn, decoder } = architecture.words;
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const at = net.gather(x, net.index('place', 'time', ['batch']), 'time', 'at');
  const features = turned(net, finalNormed(net, at, architecture), architecture, turn, adapted);
  const labels = net.index('labels', 'vocabulary', ['class']);
  const table = net.parameter(`${LOCAL.decoder}.weight`, 'readout', ['vocabulary', 'n']);
  const rows = net.gather(table, labels, 'vocabulary');
  net.layer({ name: 'output', parameter: `${LOCAL.decoder}.weight`, preactivation: 'logits' });
  if (decoder.bias === undefined) {
    writer.output('logits', writer.contract(features, rows, ['n'], 'logits'));
    return net.stage();
  }
  const bias = net.parameter(`${LOCAL.decoder}.bias`, 'scalar', ['vocabulary']);
  const offsets = net.gather(bias, labels, 'vocabulary');
  const product = writer.contract(features, rows, ['n'], PRODUCT);
  writer.output('logits', net.sum([product, offsets], 'logits'));
  return net.stage();
}

function finalNormed(net: NetWriter, x: Value, { finalNorm, style }: Architecture): Value {
  return finalNorm === undefined ? x : normalized(net, x, normOf(LOCAL.finalNorm, style));
}

/** A dense layer with its activation and norm, where there is one. */
function turned(
  net: NetWriter,
  x: Value,
  { style }: Architecture,
  turn: TurnDescription | undefined,
  adapted: AdaptedLayers,
): Value {
  if (turn === undefined) return x;
  const { dense, activation, norm } = turn;
  const shape = { made: ["n'"], over: ['n'], value: 'turned' };
  const value = projected(net, x, projection({ name: LOCAL.dense, bias: dense.bias }, adapted), shape);
  net.layer({ name: 'head', parameter: `${LOCAL.dense}.weight`, preactivation: 'turned' });
  const active = net.apply(ENCODER_ACTIVATIONS[activation], net.writer.rename(value, [["n'", 'n']]));
  return norm === undefined ? active : normalized(net, active, normOf(LOCAL.norm, style));
}

/** What the last block makes of the first token, [batch, n]. */
function firstToken(net: NetWriter, architecture: Architecture): Value {
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const zero = net.writer.write({ op: 'constant', type: { kind: 'index', of: 'time', axes: [] }, values: [0] });
  return finalNormed(net, net.gather(x, zero, 'time', 'first'), architecture);
}

/** A fixed linear functional of the first token's features: it has no parameters. */
export function functionalStage(
  architecture: Architecture,
  config: LanguageModelConfig,
  classes: number,
): WrittenStage {
  const net = new NetWriter('functional head', spaces(config, classes));
  const { writer } = net;
  const first = firstToken(net, architecture);
  const product = writer.contract(first, net.input('functional', ['class', 'n']), ['n'], PRODUCT);
  writer.output('logits', net.sum([product, net.input('offset', ['class'])], 'logits'));
  return net.stage();
}

/** A linear head on the first token's features. */
export function linearStage(architecture: Architecture, config: LanguageModelConfig, classes: number): WrittenStage {
  const net = new NetWriter('linear head', spaces(config, classes));
  return readOut(net, firstToken(net, architecture));
}

/** The classification head of the architectures: a dense layer and an activation before the linear one. */
export function denseStage(architecture: Architecture, config: LanguageModelConfig, classes: number): WrittenStage {
  const net = new NetWriter('dense head', spaces(config, classes));
  return readOut(net, turned(net, firstToken(net, architecture), architecture, architecture.classifier?.turn, {}));
}

/** logits = W x + b, one row of W and entry of b for each class. */
function readOut(net: NetWriter, x: Value): WrittenStage {
  const weight = net.parameter(`${LOCAL.out}.weight`, 'readout', ['class', 'n']);
  const product = net.writer.contract(x, weight, ['n'], PRODUCT);
  const bias = net.vector(`${LOCAL.out}.bias`, ['class'], {}, 'scalar');
  net.writer.output('logits', net.sum([product, bias], 'logits'));
  net.layer({ name: 'output', parameter: `${LOCAL.out}.weight`, preactivation: 'logits' });
  return net.stage();
}
