/** When a network has a neural tangent limit (IVb 2.9.5; theory 6 and 7). */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { decays, type Limit } from '../../optimizers/index.ts';
import { type Classification, type Clipping, classify, ruleOf } from '../../parametrizations/index.ts';
import { nodeOf, operands, outputOf, type Program } from '../../program/index.ts';
import * as errors from '../errors.ts';
import { parametrizedNet, type StepOptions, type TrainedParameter, trainedParameters, waysOf } from '../options.ts';

/**
 * Throws {@link UserError} `training.no-tangent-limit` where
 * - the output has no axis of examples,
 * - a scalar parameter is trained that is no bias of the output,
 * - the readout does not start as a vector of mean 0, or is used elsewhere too: f_0 is then no Gaussian process,
 * - the parametrization lets features move, does not train, or is unstable.
 */
export function checkTangent(
  net: Net,
  program: Program,
  trained: readonly TrainedParameter[],
  options: StepOptions,
): void {
  const top = nodeOf(program, outputOf(program, net.output).value);
  const fail = (condition: string, found: string, remedy: string): never => {
    throw errors.noTangentLimit(net.program.name, condition, found, remedy);
  };
  if (!top.type.axes.includes('batch'))
    fail('an output for each example', `"${net.output}" is on [${top.type.axes.join(', ')}]`, 'give it the axis batch');
  for (const { name, kind } of trained) {
    if (kind === 'scalar' && !isOutputBias(program, name, top.name))
      fail('no scalar parameter but a bias of the output', `"${name}" is one`, 'leave it out of trainable');
  }
  for (const { name, kind } of net.parameters) {
    if (kind !== 'readout') continue;
    const { instruction } = nodeOf(program, name);
    if (instruction.op !== 'parameter') continue;
    const { law } = instruction;
    if (law.kind === 'constant' && law.value !== 0)
      fail('a readout of mean 0', `"${name}" starts at ${law.value}`, 'draw it, or start it at 0');
    if (!isReadOnce(program, name, top.name))
      fail('a readout that is used once', `"${name}" has another use`, 'give that one weights of its own');
  }
  if (limitRegime(net, options) === 'operator') return;
  fail(
    'a parametrization in which features stand still',
    `in "${options.parametrization.name}" they move`,
    'take the limit of trainingStep itself, or NTP',
  );
}

/**
 * What becomes of a network's features as its width grows: they stand still (`operator`), and its limit is that of
 * {@link tangentStep}, or they move, and it is that of `trainingStep`. Throws {@link UserError} `training.no-limit` where
 * the parametrization is unstable, unfaithful or trivial.
 */
export function limitRegime(net: Net, options: StepOptions): 'operator' | 'feature learning' {
  const { regime, reasons } = classified(net, options);
  if (regime === 'operator' || regime === 'feature learning') return regime;
  const why = reasons.filter(({ harmful }) => harmful).map(({ text }) => text);
  throw errors.noLimit(options.parametrization.name, options.optimizer.name, regime, why);
}

/** Whether weights decay apart from their updates, so that a network weightsDecay while it trains. */
export function weightsDecay(net: Net, options: StepOptions): boolean {
  const trained = trainedParameters(net, parametrizedNet(net, options), options);
  const ways = waysOf(trained, options);
  return trained.some(({ name, axes }, k) => {
    const how = required(ways[k], `how "${name}" is updated`);
    return decays(how.optimizer, { axes, where: `parameter "${name}"` }, how);
  });
}

/** Layers between the first and the last are alike in parametrizations by kind, so any net is classified as a perceptron. */
export function classified(
  { depth }: Net,
  { parametrization, optimizer, settings = {}, limit }: StepOptions,
): Classification {
  const told = typeof settings === 'function' ? {} : settings;
  return classify(parametrization, {
    depth: depth ?? 2,
    optimizer: ruleOf(optimizer, { settings: told }),
    clipping: clippingOf(limit),
  });
}

function clippingOf(limit: Limit | undefined): Clipping {
  if (limit === undefined) return 'none';
  return limit.kind === 'normalizeByInitialWeight' ? 'normalizeByWeight' : limit.kind;
}

/** Whether a parameter only reaches the output by being added last. */
function isOutputBias(program: Program, name: string, top: string): boolean {
  return readersOf(program, name).every((use) => readersOf(program, use).every((reader) => reader === top));
}

/** Whether a single path leads from a value to the output. */
function isReadOnce(program: Program, ref: string, top: string): boolean {
  if (ref === top) return true;
  const [reader, other] = readersOf(program, ref);
  return reader !== undefined && other === undefined && isReadOnce(program, reader, top);
}

/** The values that read a value. */
function readersOf({ nodes }: Program, ref: string): readonly string[] {
  return nodes.flatMap(({ name, instruction }) => (operands(instruction).includes(ref) ? [name] : []));
}
