/** The stages of BERT and RoBERTa, their parameters named as checkpoints name them within each. */

import type { Expr, Space, Value } from '../program/index.ts';
import { ENCODER_ACTIVATIONS } from './encoderActivations.ts';
import type { EncoderConfig } from './encoderConfig.ts';
import { type AdaptedLayers, factorNames } from './encoderLayers.ts';
import { NetWriter, normal } from './netWriter.ts';
import { attention, attentionSpaces } from './parts/attention.ts';
import { lookedUp } from './parts/embedding.ts';
import { feedForward } from './parts/feedForward.ts';
import { type Normalization, normalized } from './parts/normalization.ts';
import { type Projection, projected } from './parts/projection.ts';
import { type Residual, residual } from './parts/residual.ts';
import type { WrittenStage } from './stage.ts';

/** What one stage hands to the next, [batch, time, n]. */
const HIDDEN = 'hidden';
const HIDDEN_AXES = ['batch', 'time', 'n'];

/** The product of features and readout, before an offset of each class is added. */
export const PRODUCT = 'product';

function spaces(config: EncoderConfig, classes: number): Space[] {
  const late = (name: string): Space => ({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
  const fixed = (name: string, size: number): Space => ({ name, kind: 'fixed', size });
  const n = fixed('n', config.width);
  return [
    late('batch'),
    late('time'),
    fixed('class', classes),
    fixed('vocabulary', config.vocabulary),
    fixed('position', config.positions),
    fixed('kind', config.tokenTypes),
    ...attentionSpaces(n, config.heads),
    n,
    fixed('wide', config.feedForward),
  ];
}

function encoderNorm(path: string, { normEpsilon: epsilon }: EncoderConfig): Normalization {
  return { gain: `${path}.weight`, shift: `${path}.bias`, gains: 'gain', epsilon };
}

/** Every dense layer has a bias, drawn as the weights are. */
function projection(path: string, adapted: AdaptedLayers): Projection {
  const lowRank = Object.hasOwn(adapted, path) ? adapted[path] : undefined;
  return {
    weight: `${path}.weight`,
    bias: `${path}.bias`,
    biasLaw: normal(),
    ...(lowRank === undefined ? {} : { lora: { ...factorNames(path), ...lowRank } }),
  };
}

export function embeddingStage(config: EncoderConfig, classes: number): WrittenStage {
  const net = new NetWriter('embed', spaces(config, classes));
  const text = ['batch', 'time'];
  const rows = [
    lookedUp(net, { table: 'word_embeddings.weight', of: 'vocabulary', index: 'tokens', axes: text }),
    lookedUp(net, { table: 'position_embeddings.weight', of: 'position', index: 'positions', axes: ['time'] }),
    lookedUp(net, { table: 'token_type_embeddings.weight', of: 'kind', index: 'kinds', axes: text }),
  ];
  const sum = net.sum(rows, 'sum');
  net.layer({ name: 'embedding', parameter: 'word_embeddings.weight', preactivation: 'sum' });
  net.writer.output(HIDDEN, normalized(net, sum, encoderNorm('LayerNorm', config)));
  return net.stage();
}

export function blockStage(config: EncoderConfig, classes: number, adapted: AdaptedLayers): WrittenStage {
  const net = new NetWriter('block', spaces(config, classes));
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const added = net.input('padding', ['batch', "time'"]);
  const after = (path: string, value: string): Residual => ({
    norm: encoderNorm(`${path}.LayerNorm`, config),
    normed: 'after',
    value,
  });
  const y = residual(net, x, after('attention.output', 'y'), (input) =>
    attention(net, input, {
      query: projection('attention.self.query', adapted),
      key: projection('attention.self.key', adapted),
      value: projection('attention.self.value', adapted),
      mix: projection('attention.output.dense', adapted),
      scaling: '1/sqrt(d)',
      mask: { by: 'padding', added },
    }),
  );
  const next = residual(net, y, after('output', 'x'), (input) =>
    feedForward(net, input, {
      up: projection('intermediate.dense', adapted),
      down: projection('output.dense', adapted),
      activation: ENCODER_ACTIVATIONS[config.activation],
    }),
  );
  net.writer.output(HIDDEN, next);
  return net.stage();
}

/** The masked-language-model head at one position; only the label words' rows of the decoder are read. */
export function wordsStage(config: EncoderConfig, classes: number, adapted: AdaptedLayers): WrittenStage {
  const net = new NetWriter('words head', spaces(config, classes));
  const { writer } = net;
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const at = net.gather(x, net.index('place', 'time', ['batch']), 'time', 'at');
  const turned = projected(net, at, projection('dense', adapted), { axes: ["n'", 'n'], over: ['n'], value: 'turned' });
  net.layer({ name: 'head', parameter: 'dense.weight', preactivation: 'turned' });
  const active = net.apply(headActivation(config), writer.rename(turned, [["n'", 'n']]));
  const features = normalized(net, active, encoderNorm('LayerNorm', config));
  const labels = net.index('labels', 'vocabulary', ['class']);
  const decoder = net.parameter('decoder.weight', 'readout', ['vocabulary', 'n']);
  const rows = net.gather(decoder, labels, 'vocabulary');
  const offsets = net.gather(net.parameter('decoder.bias', 'scalar', ['vocabulary']), labels, 'vocabulary');
  const product = writer.contract(features, rows, ['n'], PRODUCT);
  writer.output('logits', net.sum([product, offsets], 'logits'));
  net.layer({ name: 'output', parameter: 'decoder.weight', preactivation: 'logits' });
  return net.stage();
}

/** RoBERTa's head has gelu, whatever its blocks have (transformers, `RobertaLMHead`). */
function headActivation({ family, activation }: EncoderConfig): Expr {
  return ENCODER_ACTIVATIONS[family === 'roberta' ? 'gelu' : activation];
}

/** What the last block makes of the first token, [batch, n]. */
function firstToken(net: NetWriter): Value {
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const zero = net.writer.write({ op: 'constant', type: { kind: 'index', of: 'time', axes: [] }, values: [0] });
  return net.gather(x, zero, 'time', 'first');
}

/** A fixed linear functional of the first token's features: it has no parameters. */
export function functionalStage(config: EncoderConfig, classes: number): WrittenStage {
  const net = new NetWriter('functional head', spaces(config, classes));
  const { writer } = net;
  const first = firstToken(net);
  const product = writer.contract(first, net.input('functional', ['class', 'n']), ['n'], PRODUCT);
  writer.output('logits', net.sum([product, net.input('offset', ['class'])], 'logits'));
  return net.stage();
}

/** A linear head on the first token's features. */
export function linearStage(config: EncoderConfig, classes: number): WrittenStage {
  const net = new NetWriter('linear head', spaces(config, classes));
  return readOut(net, firstToken(net));
}

/** The classification head of the architectures: a dense layer and tanh before the linear one. */
export function denseStage(config: EncoderConfig, classes: number): WrittenStage {
  const net = new NetWriter('dense head', spaces(config, classes));
  const turned = projected(net, firstToken(net), projection('dense', {}), {
    axes: ["n'", 'n'],
    over: ['n'],
    value: 'turned',
  });
  net.layer({ name: 'head', parameter: 'dense.weight', preactivation: 'turned' });
  return readOut(net, net.apply('tanh', net.writer.rename(turned, [["n'", 'n']])));
}

/** logits = W x + b, one row of W and entry of b for each class. */
function readOut(net: NetWriter, x: Value): WrittenStage {
  const weight = net.parameter('out.weight', 'readout', ['class', 'n']);
  const product = net.writer.contract(x, weight, ['n'], PRODUCT);
  net.writer.output('logits', net.sum([product, net.vector('out.bias', ['class'], {}, 'scalar')], 'logits'));
  net.layer({ name: 'output', parameter: 'out.weight', preactivation: 'logits' });
  return net.stage();
}
