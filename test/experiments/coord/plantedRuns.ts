/** Mistakes planted in networks that no classification knows, and what the check must say of them. */

import { expect } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordOptions, type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { type Net, netOf } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import {
  type Exponents,
  exponent,
  exponentsFor,
  MUP,
  NEVER,
  type Parametrization,
  toNumber,
} from '../../../src/parametrizations/index.ts';
import { argument, mul, sizePower, Writer } from '../../../src/program/index.ts';

const engine = nodeEngine({ threads: 1 });

/** Outputs of a transformer are many; of the others few, so that it takes more examples, widths and seeds. */
const isText = (name: string): boolean => name.startsWith('transformer') || ['gpt2', 'llama'].includes(name);
export const trained = (name: string) =>
  trainedNet(name, { depth: 1, batch: isText(name) ? 4 : 16, input: 4, seed: 0 });

/** Checks one of the networks in µP with Adam, but for what is said otherwise. */
export function checked(name: string, rest: Partial<CoordOptions>): Promise<CoordResult> {
  return coordinateCheck({
    ...trained(name),
    parametrization: MUP,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.01 },
    widths: isText(name) ? [32, 64, 128] : [32, 64, 128, 256],
    seeds: isText(name) ? 3 : 6,
    steps: 1,
    stepper: nodeStepper(engine),
    ...rest,
  });
}

/** µP with one exponent of one weight off. */
export function off(net: Net, weight: string, name: keyof Exponents, by: number): Parametrization {
  const parameter = net.parameters.find((one) => one.name === weight) ?? expect.fail(`no ${weight}`);
  const own = exponentsFor(MUP, parameter);
  const changed = by === Number.POSITIVE_INFINITY ? NEVER : exponent(toNumber(own[name]) + by);
  return { ...MUP, parameters: { [weight]: { ...own, [name]: changed } } };
}

/** The layers in which mistakes begin. */
export const begun = ({ findings }: CoordResult): string[] => [
  ...new Set(findings.filter(({ begins }) => begins).map(({ layer }) => layer)),
];

/** A network with one of its values multiplied by a power of the width where it should not be. */
export function multiplied(net: Net, at: string, power: number): Net {
  const writer = new Writer(net.program.name);
  writer.reserve(net.program.nodes.map(({ name }) => name));
  for (const space of net.program.spaces) writer.space(space);
  for (const { name, instruction } of net.program.nodes) {
    if (name !== at) {
      writer.write(instruction, name);
      continue;
    }
    const plain = writer.write(instruction, writer.free(`${name} plain`));
    writer.map(mul(sizePower('n', power), argument(0)), [plain], name);
  }
  for (const { name, value, role } of net.program.outputs) writer.output(name, writer.value(value), role);
  const kinds = Object.fromEntries(net.parameters.map(({ name, kind }) => [name, kind]));
  return netOf(writer.finish(), { ...net, kinds });
}

/** A network, its weight, the exponent that is off by so much, the layer in which it begins, and the cause. */
type ExponentMistake = readonly [
  name: string,
  weight: string,
  exponent: keyof Exponents,
  by: number,
  layer: string,
  cause: string,
];

export const exponentMistakes: readonly ExponentMistake[] = [
  ['rnn', 'w', 'c', -1, 'step 2', 'learning rate of w: c is off by -1'],
  // What the input adds to the sum hides how slowly w learns, but not from its own product.
  ['rnn', 'w', 'c', 0.5, 'step 2', 'learning rate of w: c is off by +0.5'],
  ['rnn', 'v', 'b', Number.POSITIVE_INFINITY, 'output', 'initialization of v: it starts at zero'],
  ['gru', 'u', 'a', 0.5, 'step 1', 'multiplier of u: a is off by +0.5'],
  ['gru', 'wz', 'c', -1, 'wz', 'learning rate of wz: c is off by -1'],
  ['residual-mlp', 'w1', 'c', 0.5, 'block 1', 'learning rate of w1: c is off by +0.5'],
  ['residual-mlp', 'w1', 'b', -0.5, 'block 1', 'initialization of w1: b is off by -0.5'],
  ['cnn', 'w1', 'b', 0.5, 'layer 1', 'initialization of w1: b is off by +0.5'],
  ['cnn', 'w2', 'c', -1, 'output', 'learning rate of w2: c is off by -1'],
  ['transformer', 'up1', 'c', -1, 'up 1', 'learning rate of up1: c is off by -1'],
  ['llama', 'gate1', 'c', -1, 'gate 1', 'learning rate of gate1: c is off by -1'],
  ['llama', 'key1', 'b', -0.5, 'key 1', 'initialization of key1: b is off by -0.5'],
  // Positions hide small embeddings from the sum of both.
  ['transformer', 'embedding', 'b', 0.5, 'embedding', 'initialization of embedding: b is off by +0.5'],
];

/** That a mistake in one exponent is found where it begins, with its cause. */
export async function expectExponentFound(
  [name, weight, exponentName, by, layer, cause]: ExponentMistake,
  rest: Partial<CoordOptions> = {},
): Promise<void> {
  const result = await checked(name, { ...rest, actual: off(trained(name).net, weight, exponentName, by) });
  expect(result.verdict).toBe('fail');
  expect(begun(result)).toEqual([layer]);
  expect(result.causes?.flat()).toContain(cause);
  expect(result.findings.find(({ begins }) => begins)?.cause).toContain(cause);
}

/** That a forgotten multiplier of the output is told together with that of the readout, which is the same. */
export async function expectMultiplierFound(name: string, readout: string): Promise<void> {
  const result = await checked(name, { actual: { ...MUP, out: exponent(0) } });
  expect(begun(result)).toEqual(['output']);
  expect(result.causes).toContainEqual([
    `multiplier of ${readout}: a is off by -1`,
    'multiplier of the output: it is off by -1',
  ]);
}

/** That a tied embedding with the readout's 1/n twice is found where it is the readout. */
export async function expectReadoutFound(net: Net, rest: Partial<CoordOptions> = {}): Promise<void> {
  const result = await checked('transformer', { ...rest, net });
  expect(begun(result)).toEqual(['embedding', 'output']);
  expect(result.causes).toEqual([
    ['multiplier of embedding in the output: a of this use is off by +1', 'multiplier of the output: it is off by +1'],
  ]);
}
