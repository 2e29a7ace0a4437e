/**
 * Pre-training, then fine-tuning (Malladi et al. 2023, section 5; theory 10): a network is trained on one task, and then on a second one
 * whose error signal at its start is n^(−q) times a given one. Where q > 0 the task is natural: fine-tuning follows the
 * kernel at the pre-trained weights, which drifts by n^(−q), and so far are outputs off their linearization. A sign does
 * not shrink with its argument, so that the rate of a sign-like rule is multiplied by n^(−q) as well.
 */

import { required } from '../../errors/index.ts';
import type { Keep } from '../../kets/index.ts';
import type { Net } from '../../nets/index.ts';
import { at } from '../../numeric/index.ts';
import { type Optimizer, optimizerNamed, type Settings } from '../../optimizers/index.ts';
import { exponentsFor, negated, type Parametrization, powerOf } from '../../parametrizations/index.ts';
import {
  argument,
  cotangentName,
  denseGradients,
  extend,
  gradientName,
  mul,
  nodeOf,
  outputOf,
  type Program,
  reverse,
  type SizedRun,
  type Sizes,
  simplify,
  symbolsOf,
  type Tensor,
  type Tensors,
  tensor,
  unary,
  type Value,
} from '../../program/index.ts';
import { drawState, type MakeStepper, parametrizedNet, trainingStep } from '../../training/index.ts';
import { checkMemory } from '../check/memory.ts';
import { checkSeeds, seedAt } from '../start.ts';
import { severalOutputs } from './errors.ts';

/**
 * Pre-training and fine-tuning that `junction` measures: network, tasks, rules, and exponents q of the error signal
 * n^(−q).
 */
export interface JunctionProblem {
  /** With one output for each example. */
  readonly net: Net;
  readonly parametrization: Parametrization;
  readonly pretraining: {
    /** By name, or one of your own. */
    readonly optimizer: string | Optimizer;
    readonly settings: Settings;
    /** The network's inputs, and `target`; all of them are in the batch of every step. */
    readonly data: Tensors;
    readonly steps: number;
  };
  readonly finetuning: {
    /** Gradient descent, or descent along signs. */
    readonly rule: 'sgd' | 'signsgd';
    readonly learningRate: number;
    /** The network's inputs. */
    readonly data: Tensors;
    /** The error signal f − y at the start, [batch], before it is multiplied by n^(−q). */
    readonly signal: Tensor;
    readonly steps: number;
  };
  /** Exponents q. */
  readonly exponents: readonly number[];
}

/** Widths and networks of `junction`, and what runs them. */
export interface JunctionOptions {
  readonly widths: readonly number[];
  /** Networks of each width. */
  readonly networks: number;
  readonly seed?: number;
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
  /** Most bytes of the process. */
  readonly memory?: number;
  /** Keeps what each network gives, so that none is trained twice. */
  readonly keep?: Keep;
  /** Called with the finished share of the work. */
  readonly onProgress?: (share: number) => void;
}

/** What fine-tuning did to one network. */
export interface JunctionCell {
  readonly width: number;
  readonly seed: number;
  readonly exponent: number;
  /** ‖K_T − K_0‖ / ‖K_0‖ of the rule's kernel on the examples: ⟨∇f, ∇f′⟩, or ⟨∇f, sign ∇f′⟩ (theory 9). */
  readonly drift: number;
  /** ‖f_T − f_0 − ⟨∇f_0, θ_T − θ_0⟩‖ / ‖f_T − f_0‖. */
  readonly linearization: number;
}

/**
 * Pre-trains and fine-tunes networks of all widths. Throws {@link UserError} `experiments.several-outputs`,
 * `experiments.bad-seed`, with `memory` `experiments.too-large`, and what `trainingStep` throws.
 */
export async function junction(problem: JunctionProblem, options: JunctionOptions): Promise<JunctionCell[]> {
  const { widths, networks, seed = 0, memory, keep, onProgress } = options;
  checkSeeds(seed, networks);
  const programs = programsOf(problem);
  if (memory !== undefined) {
    const { look } = programs;
    for (const n of widths) checkMemory(look, [n], 'n', symbolsOf(look, { n }, problem.finetuning.data), memory);
  }
  const work = widths.reduce((sum, width) => sum + networks * width ** 2, 0);
  let done = 0;
  const cells: JunctionCell[] = [];
  for (const width of widths) {
    for (let k = 0; k < networks; k++) {
      const compute = (): Promise<JunctionCell[]> => cellsOf(problem, programs, width, seed + k, options);
      const name = `junctions/${problem.finetuning.rule}/${width}/${seed + k}`;
      cells.push(...(await (keep === undefined ? compute() : keep(name, compute))));
      done += width ** 2;
      onProgress?.(done / work);
    }
  }
  return cells;
}

interface Programs {
  readonly first: Program;
  readonly second: (exponent: number, width: number) => Program;
  readonly look: Program;
}

function programsOf({ net, parametrization, pretraining, finetuning }: JunctionProblem): Programs {
  const { optimizer, settings } = pretraining;
  const { rule, learningRate } = finetuning;
  const named = typeof optimizer === 'string' ? optimizerNamed(optimizer) : optimizer;
  // Engines compile a program once.
  const made = new Map<number, Program>();
  return {
    first: trainingStep(net, { parametrization, optimizer: named, settings }),
    second: (exponent, width) => {
      const rate = learningRate * (rule === 'sgd' ? 1 : width ** -exponent);
      const known = made.get(rate);
      if (known !== undefined) return known;
      const options = { parametrization, optimizer: optimizerNamed(rule), settings: { learningRate: rate } };
      const program = trainingStep(net, options);
      made.set(rate, program);
      return program;
    },
    look: lookProgram(net, parametrization, rule),
  };
}

const [BATCH, OTHER] = ['batch', "batch'"] as const;
const movedName = (parameter: string): string => `moved.${parameter}`;

/** f [batch], the rule's kernel [batch, batch'], and what moves of the parameters do to f to first order, `along` [batch]. */
function lookProgram(net: Net, parametrization: Parametrization, rule: 'sgd' | 'signsgd'): Program {
  const scaled = parametrizedNet(net, { parametrization });
  const { axes } = nodeOf(scaled, outputOf(scaled, net.output).value).type;
  if (axes.length !== 1 || axes[0] !== BATCH) throw severalOutputs(net.program.name, axes);
  const dense = denseGradients(reverse(scaled, { output: net.output, seed: [], keep: [BATCH] }), [BATCH]);
  const program = extend(dense, (writer) => {
    const [kernels, moves]: [Value[], Value[]] = [[], []];
    for (const { name, kind, axes: own } of net.parameters) {
      const output = dense.outputs.find((one) => one.name === gradientName(name));
      if (output === undefined) continue;
      const gradient = writer.value(output.value);
      const other = writer.rename(gradient, [[BATCH, OTHER]]);
      const seen = rule === 'sgd' ? other : writer.map(unary('sign', argument(0)), [other]);
      const { c, d } = exponentsFor(parametrization, { name, kind });
      const rate = powerOf(negated(c), parametrization, 'n');
      const power = rule === 'sgd' ? mul(rate, powerOf(d, parametrization, 'n')) : rate;
      kernels.push(writer.map(mul(power, argument(0)), [writer.contract(gradient, seen, own)]));
      const type = { kind: 'real', axes: own } as const;
      const moved = writer.write({ op: 'input', role: 'data', type }, movedName(name));
      moves.push(writer.contract(gradient, moved, own));
    }
    writer.output('kernel', required(writer.sum(kernels), 'kernel'));
    writer.output('along', required(writer.sum(moves), 'linear part'));
  });
  const kept = new Set([net.output, 'kernel', 'along']);
  return simplify({ ...program, outputs: program.outputs.filter(({ name }) => kept.has(name)) });
}

async function cellsOf(
  problem: JunctionProblem,
  { first, second, look }: Programs,
  width: number,
  seed: number,
  { stepper, run }: JunctionOptions,
): Promise<JunctionCell[]> {
  const { net, pretraining, finetuning, exponents } = problem;
  const sized = (program: Program, data: Tensors): Sizes => ({ ...symbolsOf(program, { n: width }, data), n: width });
  const sizes = sized(first, pretraining.data);
  const train = async (
    program: Program,
    bound: Sizes,
    given: Tensors,
    data: Tensors,
    steps: number,
  ): Promise<Tensors> => {
    const training = await stepper(program, bound, drawState(program, bound, seedAt(seed, width), { given }), []);
    try {
      for (let step = 0; step < steps; step++) await training.step(data);
      // A state may be written into again: numbers are copied out.
      return Object.fromEntries(
        Object.entries(training.state()).map(([name, one]) => [name, tensor(one.axes, one.shape, one.data.slice())]),
      );
    } finally {
      await training.release();
    }
  };
  const pretrained = await train(first, sizes, {}, pretraining.data, pretraining.steps);
  const { data, signal, steps } = finetuning;
  const own = sized(look, data);
  const names = net.parameters.map(({ name }) => name);
  const weights = (state: Tensors): Tensors =>
    Object.fromEntries(names.map((name) => [name, required(state[name], `parameter "${name}"`)]));
  const start = weights(pretrained);
  const looked = async (state: Tensors, { from, to }: { readonly from: Tensors; readonly to: Tensors }) => {
    const moved = names.map((name) => [
      movedName(name),
      difference(required(to[name], name), required(from[name], name)),
    ]);
    const one = tensor([], [], [1]);
    const found = await run(
      look,
      { ...state, ...data, ...Object.fromEntries(moved), [cotangentName(net.output)]: one },
      own,
    );
    return (name: string): Tensor => required(found[name], `"${name}" of a network`);
  };
  const before = (await looked(start, { from: start, to: start }))(net.output);
  const cells: JunctionCell[] = [];
  for (const exponent of exponents) {
    const target = tensor(
      signal.axes,
      signal.shape,
      Float64Array.from(signal.data, (value, k) => at(before.data, k) - width ** -exponent * value),
    );
    const program = second(exponent, width);
    const end = weights(await train(program, sized(program, data), start, { ...data, target }, steps));
    const moved = { from: start, to: end };
    const [early, late] = [await looked(start, moved), await looked(end, moved)];
    const change = difference(late(net.output), early(net.output));
    const drift = norm(difference(late('kernel'), early('kernel'))) / norm(early('kernel'));
    const linearization = norm(difference(change, early('along'))) / norm(change);
    cells.push({ width, seed, exponent, drift, linearization });
  }
  return cells;
}

function difference(a: Tensor, b: Tensor): Tensor {
  return tensor(
    a.axes,
    a.shape,
    Float64Array.from(a.data, (value, k) => value - at(b.data, k)),
  );
}

const norm = ({ data }: Tensor): number => Math.sqrt(Array.from(data).reduce((sum, value) => sum + value ** 2, 0));
