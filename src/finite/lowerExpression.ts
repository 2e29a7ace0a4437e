/** Scalar expressions as ONNX nodes; equal subexpressions of equal operands are one node (OnnxGraph). */

import {
  type BinaryName,
  type Expr,
  GELU_TANH_CUBIC,
  GELU_TANH_SCALE,
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

const normalCdf: Lower = (graph, x) => {
  const erf = graph.op('Erf', [graph.op('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
  return graph.op('Mul', [graph.op('Add', [erf, graph.scalar(1)]), graph.scalar(0.5)]);
};

const normalDensity: Lower = (graph, x) => {
  const exponent = graph.op('Mul', [graph.op('Mul', [x, x]), graph.scalar(-0.5)]);
  return graph.op('Mul', [graph.op('Exp', [exponent]), graph.scalar(unaryFunctions.normalDensity.value(0))]);
};

const geluTanh: Lower = (graph, x) => {
  const cubic = graph.op('Mul', [graph.op('Mul', [graph.op('Mul', [x, x]), x]), graph.scalar(GELU_TANH_CUBIC)]);
  const inner = graph.op('Mul', [graph.op('Add', [x, cubic]), graph.scalar(GELU_TANH_SCALE)]);
  const factor = graph.op('Mul', [graph.op('Add', [graph.op('Tanh', [inner]), graph.scalar(1)]), graph.scalar(0.5)]);
  return graph.op('Mul', [x, factor]);
};

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
  step: (graph, x) => graph.op('Cast', [graph.op('Greater', [x, graph.scalar(0)])], { to: 1 }),
  relu: direct('Relu'),
  normalCdf,
  normalDensity,
  gelu: (graph, x) => graph.op('Mul', [x, normalCdf(graph, x)]),
  geluTanh,
};

/** Writes an expression over operands that are already shaped to broadcast against each other. */
export function lowerExpression(graph: OnnxGraph, expr: Expr, operands: readonly string[], sizes: Sizes): string {
  switch (expr.op) {
    case 'constant':
      return graph.scalar(expr.value);
    case 'argument':
      return operands[expr.index] ?? '';
    case 'size':
      return graph.scalar((sizes[expr.space] ?? Number.NaN) ** expr.exponent);
    case 'unary':
      return unaryLowerings[expr.name](graph, lowerExpression(graph, expr.arg, operands, sizes));
    case 'binary': {
      const left = lowerExpression(graph, expr.left, operands, sizes);
      const right = lowerExpression(graph, expr.right, operands, sizes);
      return graph.op(binaryOps[expr.name], [left, right]);
    }
  }
}
