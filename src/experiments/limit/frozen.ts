/**
 * What a network at its start, infinitely wide, makes of all pairs of outputs: their covariance over initializations and
 * the tangent kernel, in closed form where there is one, else sampled.
 *
 * Both are those of theory 7.
 */

import { NexortError, required } from '../../errors/index.ts';
import { limitingKernels, type Rates, tangentKernelProgram } from '../../kernels/index.ts';
import { estimateLimit } from '../../kets/index.ts';
import type { Net } from '../../nets/index.ts';
import { entry, type Matrix, matrix } from '../../numeric/index.ts';
import { nodeOf, outputOf, type Program, plus, type Tensors } from '../../program/index.ts';
import { exampleCount, parametrizedNet } from '../../training/index.ts';
import { MOST_EXAMPLES, ratesOf } from './kernel.ts';
import type { LimitProblem } from './problem.ts';
import { kernelNumbers } from './tangentKernels.ts';

/** What `frozenKernel` samples with where kernels do not close. */
export interface FrozenOptions {
  readonly seed?: number;
  /** Most bytes of the process. */
  readonly memory?: number;
}

/** A kernel [outputs, outputs], rows and columns counting examples and, within these, the output's other entries. */
export interface FrozenKernel {
  readonly kernel: Matrix;
  /** Whether it is sampled, which leaves errors of a percent. */
  readonly sampled: boolean;
}

/** Inputs and a program that reads them, where they are not those of the problem. */
interface Asked {
  readonly program: Program;
  readonly inputs: Tensors;
}

/** Where an estimate is off by a percent after a second or less. */
const [SAMPLES, SCRAMBLINGS] = [4096, 4];

/**
 * The covariance of the outputs over initializations, or the tangent kernel by which they move. Throws what
 * `tangentKernelProgram` and `estimateLimit` throw, where neither has a closed form.
 */
export async function frozenKernel(
  problem: LimitProblem,
  which: 'nngp' | 'ntk',
  options: FrozenOptions = {},
  asked: Asked = askedOf(problem),
): Promise<FrozenKernel> {
  const closed = closedKernel(problem, which, asked);
  if (closed !== undefined) return { kernel: closed, sampled: false };
  const { program, inputs } = asked;
  const { output } = problem.net;
  const rates = which === 'ntk' ? ratesOf(problem) : startRates(problem.net, program);
  const sampled = tangentKernelProgram(program, { output, rates, outputs: 'each' });
  const { seed = 0, memory } = options;
  const [found] = await estimateLimit(sampled, {
    data: inputs,
    width: SAMPLES,
    seeds: SCRAMBLINGS,
    seed,
    ...(memory === undefined ? {} : { memory }),
  });
  const { axes, shape, entries } = required(found?.[0], 'kernel of a frozen network');
  const data = Float64Array.from(entries, ({ value }) => value);
  const rows = Math.sqrt(data.length);
  return { kernel: matrix(rows, rows, Float64Array.from(kernelNumbers({ axes, shape, data }))), sampled: true };
}

function askedOf(problem: LimitProblem): Asked {
  const { target: _, ...inputs } = problem.data;
  return { program: parametrizedNet(problem.net, problem), inputs };
}

/** Undefined where kernels do not close, or outputs are more than classes that are independent of one another. */
function closedKernel(problem: LimitProblem, which: 'nngp' | 'ntk', { program, inputs }: Asked): Matrix | undefined {
  const { net } = problem;
  const { axes } = nodeOf(program, outputOf(program, net.output).value).type;
  const others = axes.filter((axis) => axis !== 'batch');
  const readouts = net.parameters.filter(({ kind }) => kind === 'readout');
  const independent = readouts.every((own) => others.every((axis) => own.axes.includes(axis)));
  if (exampleCount(inputs) > MOST_EXAMPLES || !independent) return undefined;
  const sizes = others.map((axis) => program.spaces.find(({ name }) => name === axis)?.size);
  const count = sizes.reduce<number>((product, size) => (typeof size === 'number' ? product * size : Number.NaN), 1);
  if (Number.isNaN(count)) return undefined;
  try {
    const rates = which === 'ntk' ? { rates: ratesOf(problem) } : {};
    const kernels = limitingKernels(program, { x1: inputs, output: net.output, only: which, ...rates });
    return spread(kernels[which], count);
  } catch (error) {
    // The room says why there is none.
    if (error instanceof NexortError && error.code.startsWith('kernels.')) return undefined;
    throw error;
  }
}

/** The same kernel for each of several outputs, and none between them. */
function spread({ rows, data }: Matrix, count: number): Matrix {
  if (count === 1) return matrix(rows, rows, data);
  const side = rows * count;
  const wide = new Float64Array(side ** 2);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < rows; column++)
      for (let k = 0; k < count; k++)
        wide[(row * count + k) * side + column * count + k] = entry(data, row * rows + column);
  return matrix(side, side, wide);
}

/**
 * f is linear in its readout, and in biases that are added to it: its covariance is that share of the tangent kernel in
 * which each of them counts with its variance at the start.
 */
function startRates(net: Net, program: Program): Rates {
  return Object.fromEntries(
    net.parameters.map(({ name, kind }) => {
      const { instruction } = nodeOf(program, name);
      const law = instruction.op === 'parameter' ? instruction.law : undefined;
      if ((kind !== 'readout' && kind !== 'scalar') || law === undefined || law.kind === 'constant') return [name, 0];
      const powers = law.powers.map((power) => ({ ...power, exponent: plus(power.exponent, power.exponent) }));
      return [name, { scale: law.scale ** 2, powers }];
    }),
  );
}
