/** How large the entries are that outputs average: their rounding is what a limit of 0 is known up to. */

import { required } from '../../errors/index.ts';
import type { Expr, Instruction, Program, SizedRun, Tensors, UnaryName } from '../../program/index.ts';
import { type FiniteOptions, finiteRuns } from './finite.ts';
import { handingOutAll } from './notFinite.ts';

/** Root-mean-square sizes of values by name. */
type Magnitudes = ReadonlyMap<string, number>;

/**
 * For each output the largest size of what sums, differences, products and means make it of: terms that cancel leave the
 * rounding of what they were, not of what is left. Measured in one run at the smallest width.
 */
export async function averagedSizes(program: Program, options: FiniteOptions): Promise<(output: string) => number> {
  const own = await magnitudes(program, options);
  const found = new Map<string, number>();
  for (const { name, type, instruction } of program.nodes) {
    // Indices do not round.
    const sizes = type.kind === 'real' ? [sizeIn(own, name), rounded(name, instruction, own, found)] : [];
    // What is not finite no output shows, as check refuses those that are not.
    found.set(name, Math.max(0, ...sizes.filter(Number.isFinite)));
  }
  const values = new Map(program.outputs.map(({ name, value }) => [name, value]));
  return (output) => sizeIn(found, required(values.get(output), `output "${output}"`));
}

function sizeIn(sizes: Magnitudes, ref: string): number {
  return required(sizes.get(ref), `size of "${ref}"`);
}

/** Sizes at the last step. */
async function magnitudes(program: Program, options: FiniteOptions): Promise<Magnitudes> {
  const found = new Map<string, number>();
  for (const { name, instruction } of program.nodes) {
    if (instruction.op === 'constant') found.set(name, quadraticMean(instruction.values));
  }
  const run: SizedRun = async (bound, feeds, sizes) => {
    // A state has the name of its input: what was read counts, not what is written.
    const all: Tensors = { ...(await options.run(handingOutAll(bound).program, feeds, sizes)), ...feeds };
    for (const [name, { data }] of Object.entries(all)) found.set(name, quadraticMean(data));
    return options.run(bound, feeds, sizes);
  };
  await finiteRuns(program, { ...options, run, mustBeFinite: false });
  return found;
}

function quadraticMean(values: ArrayLike<number>): number {
  const squares = Array.from(values).reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares / Math.max(1, values.length));
}

/** The size of what a value's rounding is relative to, beside its own. */
function rounded(name: string, instruction: Instruction, own: Magnitudes, found: Magnitudes): number {
  switch (instruction.op) {
    case 'map': {
      const { args } = instruction;
      return exprSize(instruction.expr, (index) => {
        const ref = required(args[index], `operand ${index} of "${name}"`);
        return { own: sizeIn(own, ref), rounded: sizeIn(found, ref) };
      }).rounded;
    }
    case 'contract': {
      const growth = instruction.args.map((ref) => sizeIn(found, ref) / sizeIn(own, ref));
      return sizeIn(own, name) * Math.max(1, ...growth.filter(Number.isFinite));
    }
    case 'reduce':
    case 'broadcast':
    case 'rename':
    case 'window':
    case 'overlap':
    case 'split':
    case 'merge':
    case 'select':
    case 'pad':
      return sizeIn(found, instruction.arg);
    case 'concat':
      return Math.max(...instruction.args.map((ref) => sizeIn(found, ref)));
    case 'gather':
      return sizeIn(found, instruction.table);
    case 'scatter':
      return sizeIn(found, instruction.values);
    case 'call':
    case 'input':
    case 'parameter':
    case 'constant':
      return 0;
  }
}

interface Size {
  readonly own: number;
  readonly rounded: number;
}

const NOTHING: Size = { own: 0, rounded: 0 };
const BOUNDED_ODD: ReadonlySet<UnaryName> = new Set(['tanh', 'erf', 'sin']);

/** Functions that round as their argument does; of others the value's own size counts. */
function exprSize(expr: Expr, argument: (index: number) => Size): Size {
  switch (expr.op) {
    case 'constant':
      return { own: Math.abs(expr.value), rounded: Math.abs(expr.value) };
    case 'argument':
      return argument(expr.index);
    case 'size':
      return NOTHING;
    case 'unary': {
      const arg = exprSize(expr.arg, argument);
      if (['neg', 'abs', 'relu'].includes(expr.name)) return arg;
      // Large arguments lie where tanh and erf are flat, and no rounding moves a bounded function by more than its size.
      const atMost = Math.max(1, arg.own);
      return BOUNDED_ODD.has(expr.name) ? { own: Math.min(1, arg.own), rounded: arg.rounded / atMost } : NOTHING;
    }
    case 'binary': {
      const [left, right] = [exprSize(expr.left, argument), exprSize(expr.right, argument)];
      switch (expr.name) {
        case 'add':
        case 'sub':
        case 'max':
        case 'min':
          return { own: left.own + right.own, rounded: left.rounded + right.rounded };
        case 'mul':
          return {
            own: left.own * right.own,
            rounded: Math.max(left.own * right.rounded, left.rounded * right.own),
          };
        case 'div':
          return right.own > 0 ? { own: left.own / right.own, rounded: left.rounded / right.own } : NOTHING;
        case 'pow': {
          const power = expr.right.op === 'constant' ? expr.right.value : 0;
          if (!(power > 0 && left.own > 0)) return NOTHING;
          return { own: left.own ** power, rounded: left.own ** (power - 1) * left.rounded };
        }
      }
    }
  }
}
