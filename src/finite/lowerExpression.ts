/** Scalar expressions as ONNX nodes; equal subexpressions of equal operands are one node (OnnxGraph). */

import { required } from '../errors/index.ts';
import {
  type Axis,
  type BinaryName,
  type Expr,
  GELU_TANH_CUBIC,
  GELU_TANH_SCALE,
  raised,
  type Sizes,
  type UnaryName,
  unaryFunctions,
} from '../program/index.ts';
import type { OnnxGraph } from './onnx/graph.ts';

const binaryOps: Readonly<Record<BinaryName, string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  max: 'Max',
  min: 'Min',
  pow: 'Pow',
};

type Lower = (graph: OnnxGraph, x: string) => string;

const direct =
  (op: string): Lower =>
  (graph, x) =>
    graph.op(op, [x]);

/** (1 + erf)/2 lies between 0 and 1, where a hard sigmoid is αx + β in one operator. */
const normalCdf: Lower = (graph, x) => {
  const erf = graph.op('Erf', [graph.op('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
  return graph.op('HardSigmoid', [erf], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
};

/** e^(ln c − u²) with u = x/√2, which the distribution function has too. */
const normalDensity: Lower = (graph, x) => {
  const u = graph.op('Mul', [x, graph.scalar(Math.SQRT1_2)]);
  const logarithm = graph.scalar(Math.log(unaryFunctions.normalDensity.value(0)));
  return graph.op('Exp', [graph.op('Sub', [logarithm, graph.op('Mul', [u, u])])]);
};

const geluTanh: Lower = (graph, x) => {
  const cubic = graph.op('Mul', [graph.op('Mul', [graph.op('Mul', [x, x]), x]), graph.scalar(GELU_TANH_CUBIC)]);
  const inner = graph.op('Mul', [graph.op('Add', [x, cubic]), graph.scalar(GELU_TANH_SCALE)]);
  const factor = graph.op('Mul', [graph.op('Add', [graph.op('Tanh', [inner]), graph.scalar(1)]), graph.scalar(0.5)]);
  return graph.op('Mul', [x, factor]);
};

/**
 * The step of x is min(αx⁺, 1) for an α so large that every normal f32 above 0 gives 1: one operator for two. It reads
 * relu's value, which is there already where activations are relu; x then has that reader alone, and its product takes
 * relu in.
 */
const MOST = 3e38;

const unaryLowerings: Readonly<Record<UnaryName, Lower>> = {
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  erf: direct('Erf'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  abs: direct('Abs'),
  sign: direct('Sign'),
  step: (graph, x) => graph.op('HardSigmoid', [graph.op('Relu', [x])], { alpha: { float: MOST }, beta: { float: 0 } }),
  relu: direct('Relu'),
  normalCdf,
  normalDensity,
  gelu: (graph, x) => graph.op('Gelu', [x], { approximate: 'none' }),
  geluTanh,
};

/** A value with the axes that it stores, in the order of the result. */
export interface Ordered {
  readonly id: string;
  readonly order: readonly Axis[];
}

/** Shapes a value so that it broadcasts against others that store these axes. */
export type Open = (value: Ordered, order: readonly Axis[]) => string;

/**
 * Writes an expression. A part that reads only operands of few axes is computed on those, once, and broadcast where it
 * meets others. Operands that it does not read may be absent.
 */
export function lowerExpression(
  graph: OnnxGraph,
  expr: Expr,
  operands: readonly (Ordered | undefined)[],
  { sizes, order, open }: { readonly sizes: Sizes; readonly order: readonly Axis[]; readonly open: Open },
): Ordered {
  const lower = (part: Expr): Ordered => {
    switch (part.op) {
      case 'constant':
        return { id: graph.scalar(part.value), order: [] };
      case 'argument':
        return required(operands[part.index], `argument ${part.index} of a map`);
      case 'size':
        return {
          id: graph.scalar(raised(required(sizes[part.space], `size of space "${part.space}"`), part.exponent)),
          order: [],
        };
      case 'unary': {
        const arg = lower(part.arg);
        return { id: unaryLowerings[part.name](graph, arg.id), order: arg.order };
      }
      case 'binary': {
        const [left, right] = [lower(part.left), lower(part.right)];
        const joined = order.filter((axis) => left.order.includes(axis) || right.order.includes(axis));
        const ids = [left, right].map((side) => open(side, joined));
        return { id: graph.op(binaryOps[part.name], ids), order: joined };
      }
    }
  };
  return lower(expr);
}
