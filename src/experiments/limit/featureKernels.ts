/**
 * What the layers of a network make of two examples: ⟨x_a | x_b⟩ by layer. Its limit is an inner product of kets (IVb
 * 2.6.5).
 */

import { type Net, netOf } from '../../nets/index.ts';
import { argument, extend, mul, sizeProduct, spaceOf, type Value, type Writer, without } from '../../program/index.ts';
import { noFeatures } from './errors.ts';

const [BATCH, OTHER] = ['batch', "batch'"] as const;
const WIDTH = 'width';

/** The value that holds the feature kernel of one value of a network. */
export const featureKernelName = (value: string): string => `kernel.${value}`;

/**
 * A network that also computes the feature kernels of its layers, (1/n) Σ_α x_α(a) x_α(b) [batch, batch'], of the
 * activations where a layer has some and else of its preactivations; along further axes, such as places and heads, they
 * are means. It computes what the network did, and `outputs` of a training step hand out the values named here.
 *
 * Throws {@link UserError} `experiments.no-features` where no layer has examples and a width.
 */
export function withFeatureKernels(net: Net): { readonly net: Net; readonly kernels: readonly string[] } {
  const { program, parameters, output, multiplied, layers, depth } = net;
  const kinds = Object.fromEntries(parameters.map(({ name, kind }) => [name, kind]));
  const kernels: string[] = [];
  const extended = extend(program, (writer) => {
    const values = layers.map(({ preactivation, activation }) => activation ?? preactivation);
    for (const name of new Set(values)) {
      const kernel = writeKernel(writer, writer.value(name));
      if (kernel !== undefined) kernels.push(kernel);
    }
  });
  if (kernels.length === 0) throw noFeatures(program.name);
  const rest = { ...(multiplied === undefined ? {} : { multiplied }), ...(depth === undefined ? {} : { depth }) };
  return { net: netOf(extended, { kinds, output, layers, ...rest }), kernels };
}

/** Undefined where a value has no width or no examples, as the output has none. */
function writeKernel(writer: Writer, value: Value): string | undefined {
  const { axes } = value.type;
  const wide = axes.filter((axis) => writer.spaceNamed(spaceOf(axis))?.kind === WIDTH);
  if (wide.length !== 1 || !axes.includes(BATCH)) return undefined;
  const averaged = without(axes, [BATCH]);
  const product = writer.contract(value, writer.rename(value, [[BATCH, OTHER]]), averaged);
  const count = averaged.map((axis) => ({ space: spaceOf(axis), exponent: -1 }));
  return writer.map(mul(sizeProduct(count), argument(0)), [product], featureKernelName(value.name)).name;
}
