/**
 * The neural tangent limit as a program (IVb 2.4, 2.9.5; theory 7): a step of training in which the network stands still
 * and its outputs move along its derivatives.
 *
 *     f ← f − η Σ_W ⟨dg| Q(Σ_b χ_b dg_b ⊗ y_b) |y⟩,   over the uses g = W y
 *
 * Parameters stay what they started as; states are the outputs f and what the optimizer remembers, on the parameters' axes.
 * Kets give the limit, a finite width the dynamics of its frozen kernel, for Q = identity exactly ∂f/∂t = −K χ.
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { type Updated, writeUpdates } from '../../optimizers/index.ts';
import {
  type Axis,
  argument,
  cotangentName,
  freshCopy,
  type GradientFactor,
  gradientName,
  type Instruction,
  type Moved,
  mapped,
  mul,
  nodeOf,
  operands,
  outputOf,
  type Program,
  type RewriteRule,
  reverse,
  rewrite,
  simplify,
  spaceOf,
  type Value,
  type Writer,
  without,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { writeLoss } from '../loss.ts';
import { parametrizedNet, type StepOptions, trainedParameters, waysOf, writeStart } from '../options.ts';
import { checkTangent, weightsDecay } from './conditions.ts';
import { type Riding, usedAxes, writeGradient, writeResponse } from './uses.ts';

/** The axis of examples. */
const BATCH: Axis = 'batch';

/**
 * One step of the neural tangent limit. Data are those of {@link trainingStep}, for all inputs of interest: examples of
 * `weight` 0 (with `weighted`) are in no batch, and their outputs move all the same. Outputs `f` and `loss` are those
 * before the update. The state `f.now` starts at 0; with `started`, outputs begin at the data `f.start`, which are added.
 *
 * Where weights decay, the network weightsDecay while its parameters do: data `f.start` are then asked for at every step, the
 * outputs that the network has without training at its decayed weights, and states `W.moved` hold what training has moved
 * of each parameter.
 *
 * Throws {@link UserError} `training.no-tangent-limit` where a condition of the limit fails, `training.unsized`, and what
 * {@link trainingStep} throws.
 */
export function tangentStep(net: Net, options: StepOptions): Program {
  const { loss = 'squared', weighted = false, reduction = 'mean', started = false, outputs = [], clipNorm } = options;
  const scaled = parametrizedNet(net, options);
  const trained = trainedParameters(net, scaled, options);
  checkTangent(net, scaled, trained, options);
  const top = nodeOf(scaled, outputOf(scaled, net.output).value);
  const riding = ridingAxes(scaled, top.type.axes);
  const ways = waysOf(trained, options);
  const shrinking = weightsDecay(net, options);
  const names = new Set(trained.map(({ name }) => name));
  const seed = [...top.type.axes, ...riding.outputs.map(([, copy]) => copy)];
  const parameters = (name: string): boolean => names.has(name);
  const { program, factors, flat } = reverse(scaled, { output: net.output, seed, keep: [BATCH], parameters });
  if (flat.length > 0) throw errors.flatGradients(net.program.name, flat);

  const start = (writer: Writer): Value => writeStart(writer, net.output, top.type.axes);
  const rule: RewriteRule = (node, writer): Instruction | Value | undefined => {
    if (node.name === cotangentName(net.output)) return writeIdentity(writer, riding);
    if (node.name === top.name) return shrinking ? start(writer) : writeNow(writer, net.output, node.type.axes);
    const decayed = shrinking ? operands(node.instruction).find((ref) => names.has(ref)) : undefined;
    if (decayed === undefined) return undefined;
    const expr = mul(argument(0), argument(1));
    return mapped(node, writer, { expr, before: 'at full weight', args: [writeShrunk(writer, decayed)] });
  };
  const end = (writer: Writer, moved: Moved): void => {
    const uses = (name: string) =>
      factors
        .filter(({ parameter }) => parameter === name)
        .map((factor) => ({ ...factor, cotangent: moved(factor.cotangent).name, ...movedInput(factor, moved) }));
    const displaced = new Map<string, Value>();
    if (shrinking) for (const { name, axes } of trained) displaced.set(name, writeDisplacement(writer, name, axes));
    const now = moved(top.name);
    const responses = (changes: ReadonlyMap<string, Value>): Value[] =>
      [...changes].flatMap(([name, change]) => writeResponse(writer, uses(name), change, riding) ?? []);
    const parts = shrinking ? responses(displaced) : started ? [start(writer)] : [];
    const f = required(writer.sum([now, ...parts]), 'output');
    const written = writeLoss(writer, loss, f, { weighted, reduction });
    const error = written.error();
    const updates = trained.map(({ name, axes }, k): Updated => {
      const weight = displaced.get(name);
      return {
        name,
        axes,
        seen: gradientName(name),
        ...(weight === undefined ? {} : { weight, shrunk: writeShrunk(writer, name) }),
        gradient: () => writeGradient(writer, uses(name), axes, error, riding),
        how: required(ways[k], `how "${name}" is updated`),
      };
    });
    const changes = new Map<string, Value>();
    const then = (name: string, next: Value): void => {
      if (shrinking) writer.output(`${name}.moved`, next, 'state');
      else changes.set(name, next);
    };
    writeUpdates(writer, updates, clipNorm === undefined ? { then } : { then, clipNorm });
    if (!shrinking)
      writer.output(stateName(net.output), required(writer.sum([now, ...responses(changes)]), 'next output'), 'state');
    writer.output(net.output, f);
    if (written.loss !== undefined) writer.output('loss', written.loss());
    for (const name of outputs) if (name !== net.output) writer.output(name, writer.value(name));
  };
  const name = `${net.program.name}, a tangent step of ${options.optimizer.name}`;
  return simplify(rewrite({ ...program, outputs: [] }, rule, { name, end }));
}

/** The state that holds an output of the limit. */
const stateName = (output: string): string => `${output}.now`;

function writeNow(writer: Writer, output: string, axes: readonly Axis[]): Value {
  const law = { kind: 'constant', value: 0 } as const;
  return writer.write({ op: 'input', role: 'state', type: { kind: 'real', axes }, law }, stateName(output));
}

/** What decay has left of a parameter, (1 − λ)^t. */
function writeShrunk(writer: Writer, parameter: string): Value {
  const name = `${parameter}.shrunk`;
  if (writer.has(name)) return writer.value(name);
  const law = { kind: 'constant', value: 1 } as const;
  return writer.write({ op: 'input', role: 'state', type: { kind: 'real', axes: [] }, law }, name);
}

/** What training has moved a parameter by, as far as decay has left it. */
function writeDisplacement(writer: Writer, parameter: string, axes: readonly Axis[]): Value {
  const law = { kind: 'constant', value: 0 } as const;
  return writer.write({ op: 'input', role: 'state', type: { kind: 'real', axes }, law }, `${parameter}.moved`);
}

/** Examples, and a copy of each other axis of the output for the output that is differentiated. */
function ridingAxes(program: Program, axes: readonly Axis[]): Riding {
  const taken = usedAxes(program.nodes);
  const outputs = without(axes, [BATCH]).map((axis) => {
    const copy = freshCopy(axis, taken);
    taken.push(copy);
    return [axis, copy] as const;
  });
  return { batch: BATCH, outputs };
}

/** The seed of all derivatives: 1 for each output of each example. */
function writeIdentity(writer: Writer, { batch, outputs }: Riding): Value {
  const each = outputs.map(([axis, copy]) => {
    const size = sizeOf(writer, spaceOf(axis));
    const values = Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
    return writer.write({ op: 'constant', type: { kind: 'real', axes: [axis, copy] }, values });
  });
  const [first, ...rest] = each;
  const one = (): Value => writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
  const whole = rest.reduce((product, next) => writer.contract(product, next, []), first ?? one());
  return writer.broadcast(whole, [batch]);
}

function sizeOf(writer: Writer, space: string): number {
  const size = writer.spaceNamed(space)?.size;
  if (typeof size !== 'number') throw errors.unsized(writer.name, space);
  return size;
}

function movedInput(factor: GradientFactor, moved: Moved): { readonly input: string } | { readonly index: string } {
  return factor.kind === 'product' ? { input: moved(factor.input).name } : { index: moved(factor.index).name };
}
