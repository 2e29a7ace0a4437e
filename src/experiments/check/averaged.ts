/** How large the entries are that outputs average: their rounding is what a limit of 0 is known up to. */

import type { Expr, Instruction, Program, SizedRun, Tensors } from '../../program/index.ts';
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
  for (const { name, instruction } of program.nodes) {
    found.set(name, Math.max(own.get(name) ?? 0, rounded(name, instruction, own, found)));
  }
  const values = new Map(program.outputs.map(({ name, value }) => [name, value]));
  return (output) => found.get(values.get(output) ?? '') ?? 0;
}

/** Sizes at the last step. */
async function magnitudes(program: Program, options: FiniteOptions): Promise<Magnitudes> {
  const found = new Map<string, number>();
  const run: SizedRun = async (bound, feeds, sizes) => {
    const all: Tensors = { ...feeds, ...(await options.run(handingOutAll(bound).program, feeds, sizes)) };
    for (const [name, { data }] of Object.entries(all)) {
      const squares = Array.from(data).reduce((sum, value) => sum + value * value, 0);
      found.set(name, Math.sqrt(squares / Math.max(1, data.length)));
    }
    return options.run(bound, feeds, sizes);
  };
  await finiteRuns(program, { ...options, run, mustBeFinite: false });
  return found;
}

/** The size of what a value's rounding is relative to, beside its own. */
function rounded(name: string, instruction: Instruction, own: Magnitudes, found: Magnitudes): number {
  switch (instruction.op) {
    case 'map': {
      const { args } = instruction;
      return sizeOf(instruction.expr, (index) => ({
        own: own.get(args[index] ?? '') ?? 0,
        rounded: found.get(args[index] ?? '') ?? 0,
      })).rounded;
    }
    case 'contract': {
      const growth = instruction.args.map((ref) => (found.get(ref) ?? 0) / (own.get(ref) ?? 0));
      return (own.get(name) ?? 0) * Math.max(1, ...growth.filter(Number.isFinite));
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
      return found.get(instruction.arg) ?? 0;
    case 'concat':
      return Math.max(...instruction.args.map((ref) => found.get(ref) ?? 0));
    case 'gather':
      return found.get(instruction.table) ?? 0;
    case 'scatter':
      return found.get(instruction.values) ?? 0;
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

/** Functions that round as their argument does; of others the value's own size counts. */
function sizeOf(expr: Expr, argument: (index: number) => Size): Size {
  switch (expr.op) {
    case 'constant':
      return { own: Math.abs(expr.value), rounded: Math.abs(expr.value) };
    case 'argument':
      return argument(expr.index);
    case 'size':
      return NOTHING;
    case 'unary':
      return ['neg', 'abs', 'relu', 'tanh', 'erf', 'sin'].includes(expr.name) ? sizeOf(expr.arg, argument) : NOTHING;
    case 'binary': {
      const [left, right] = [sizeOf(expr.left, argument), sizeOf(expr.right, argument)];
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
        case 'pow':
          return NOTHING;
      }
    }
  }
}
