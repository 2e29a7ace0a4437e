/** Layers with one flow in and one out, by name. */

import { required } from '../../errors/index.ts';
import { argument, div, mul, sub, unary } from '../../program/index.ts';
import { standardized } from '../parts/normalization.ts';
import { selfAttentionLayer } from './attention.ts';
import * as errors from './errors.ts';
import { axesOf, type Flow } from './flow.ts';
import { insideOf, type LayerWriter, PADDINGS, spansOf, type Windows, weightsOf, widthScale } from './layerWriter.ts';
import type { Settings } from './settings.ts';

export type LayerRule = (flow: Flow, settings: Settings, writer: LayerWriter, last: boolean) => Flow;

/** Added to the variance by a norm where nothing else is asked for. */
const EPSILON = 1e-12;

export const layers: Readonly<Record<string, LayerRule>> = {
  Dense: (flow, settings, writer, last) => {
    const weights = weightsOf(settings);
    const channels = settings.count('out_dim') * widthScale(weights);
    const name = `dense${writer.next()}`;
    const over = flow.flat ? axesOf(flow) : [];
    // The outputs of the network are fixed in number, all other channels a width.
    const channel = last ? 'class' : writer.width(channels);
    if (last && channels > 1) writer.fixed(channel, channels);
    const out = last && channels === 1 ? [] : [channel];
    const value = writer.linear(flow, weights, { name, out, over });
    const places = flow.flat ? [] : flow.places;
    return { parts: [{ value, channel, channels }], places, flat: false };
  },

  Conv: (flow, settings, writer) => convolved(flow, settings, writer, 'shared'),
  ConvLocal: (flow, settings, writer) => convolved(flow, settings, writer, 'local'),

  Flatten: (flow, settings) => {
    settings.ignore('batch_axis', 'batch_axis_out');
    return { ...flow, flat: true };
  },

  GlobalAvgPool: (flow, settings, writer) => overAll(flow, settings, writer, 'mean'),
  GlobalSumPool: (flow, settings, writer) => overAll(flow, settings, writer, 'sum'),
  AvgPool: (flow, settings, writer) => pooled(flow, settings, writer, 'mean'),
  SumPool: (flow, settings, writer) => pooled(flow, settings, writer, 'sum'),

  LayerNorm: (flow, settings, writer) => {
    const rank = flow.places.length + 2;
    const given = settings.axes('axis', [-1]).map((axis) => (axis < 0 ? axis + rank : axis));
    const epsilon = settings.nonNegative('eps', EPSILON);
    const { where } = settings;
    if (flow.flat && flow.places.length > 0) throw errors.unsupported(where, 'a norm behind Flatten', 'put it before');
    if (!given.includes(rank - 1))
      throw errors.unsupported(where, 'a norm that leaves out the channels', 'include axis -1');
    const bad = given.find((axis) => axis < 1 || axis >= rank);
    if (bad !== undefined) {
      throw errors.badShape(where, `axis ${bad} is none of 1 to ${rank - 1}, places and channels; examples are axis 0`);
    }
    if (flow.parts.length > 1)
      throw errors.unsupported(where, 'a norm over concatenated channels', 'put a Dense layer before');
    const places = axesOf(flow).filter((_, k) => given.includes(k + 1));
    return writer.each(flow, (value, { channel }) =>
      standardized(writer.net.writer, value, [...places, channel], epsilon),
    );
  },

  Dropout: (flow, settings, writer) => {
    const kept = settings.share('rate');
    const training = settings.choice('mode', ['train', 'test'], 'train') === 'train';
    if (!training || kept === 1) return flow;
    const { writer: program } = writer.net;
    return writer.each(flow, (value) => {
      const name = program.free('dropout');
      const type = { kind: 'real', axes: value.type.axes } as const;
      const draws = program.write(
        { op: 'input', role: 'data', type, law: { kind: 'gaussian', scale: 1, powers: [] } },
        name,
      );
      // Φ of a standard normal number is uniform.
      const mask = div(unary('step', sub(kept, unary('normalCdf', argument(1)))), kept);
      return program.map(mul(argument(0), mask), [value, draws]);
    });
  },

  GlobalSelfAttention: selfAttentionLayer,
};

/** Windows as a layer has them, which need places. */
function windowsOf(flow: Flow, settings: Settings, name: string, usual: 'SAME' | 'VALID'): Windows {
  const { length } = flow.places;
  if (length === 0 || flow.flat) {
    throw errors.badShape(
      settings.where,
      'takes windows over places, but the values have none; inputs need axes of places',
    );
  }
  const sizes = settings.counts(name, length);
  const strides = settings.counts(
    'strides',
    length,
    Array.from({ length }, () => 1),
  );
  const padding = settings.choice('padding', PADDINGS, usual);
  flow.places.forEach((places, k) => {
    const size = required(sizes[k], 'window');
    if (padding === 'VALID' && size > places.length) {
      throw errors.badShape(
        settings.where,
        `a window of ${size} is longer than the ${places.length} places of "${places.name}"`,
      );
    }
    const { before, after } = spansOf(places.length, size, required(strides[k], 'stride'), padding);
    if (padding === 'CIRCULAR' && Math.max(before, after) > places.length) {
      throw errors.badShape(
        settings.where,
        `a window of ${size} goes around the ${places.length} places of "${places.name}" twice`,
      );
    }
  });
  return { sizes, strides, padding };
}

function convolved(flow: Flow, settings: Settings, writer: LayerWriter, weights: 'shared' | 'local'): Flow {
  const own = weightsOf(settings);
  const channels = settings.count('out_chan') * widthScale(own);
  settings.ignore('dimension_numbers');
  const windows = writer.windows(flow, windowsOf(flow, settings, 'filter_shape', 'VALID'));
  const name = `conv${writer.next()}`;
  const places = weights === 'local' ? axesOf(windows.flow) : [];
  const channel = writer.width(channels);
  const value = writer.linear(windows.flow, own, { name, out: [channel], over: windows.offsets, own: places });
  return { ...windows.flow, parts: [{ value, channel, channels }] };
}

function overAll(flow: Flow, settings: Settings, writer: LayerWriter, by: 'mean' | 'sum'): Flow {
  settings.ignore('batch_axis', 'channel_axis');
  if (flow.flat) throw errors.badShape(settings.where, 'pools places, but they count as channels behind Flatten');
  const result = writer.each(flow, (value) => writer.net.writer.reduce(by, value, axesOf(flow)));
  return { ...result, places: [] };
}

function pooled(flow: Flow, settings: Settings, writer: LayerWriter, by: 'mean' | 'sum'): Flow {
  const { sizes, strides, padding } = windowsOf(flow, settings, 'window_shape', 'VALID');
  const whole = by === 'mean' && settings.flag('normalize_edges', false) && padding === 'SAME';
  settings.ignore('normalize_edges', 'batch_axis', 'channel_axis');
  const { flow: windows, offsets } = writer.windows(flow, { sizes, strides, padding });
  const { writer: program } = writer.net;
  const means = writer.each(windows, (value) => program.reduce(by, value, offsets));
  if (!whole) return means;
  // Zeros around the axes do not count.
  return flow.places.reduce((result, { length }, k) => {
    const [size, stride] = [required(sizes[k], 'window'), required(strides[k], 'stride')];
    const axis = required(result.places[k], 'places').axis;
    const values = insideOf(length, size, stride, padding).map((inside) => size / inside);
    const factors = program.write({ op: 'constant', type: { kind: 'real', axes: [axis] }, values });
    return writer.each(result, (value) => program.map(mul(argument(0), argument(1)), [value, factors]));
  }, means);
}
