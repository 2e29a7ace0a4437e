/**
 * How named functions are called: what of them the types of a program depend on. Functions of matrices are those of
 * theory 11.
 */

import { type Axis, sameAxes, spaceOf, without } from '../axes.ts';

/**
 * Names of functions that a program calls as one instruction: softmax, the logarithm of a sum of exponentials,
 * normalization, 1/deviation, the iteration of Newton and Schulz, a matrix over its largest singular value, and a matrix
 * between inverse roots of positive ones or in the bases of their eigenvectors, which are one as well.
 */
export type FunctionName =
  | 'softmax'
  | 'logSumExp'
  | 'normalize'
  | 'inverseDeviation'
  | 'newtonSchulz'
  | 'spectralNormalize'
  | 'precondition'
  | 'intoEigenbases'
  | 'outOfEigenbases'
  | 'eigenbasis';

/** The parts of a call besides its operands. */
export interface Call {
  readonly over: readonly Axis[];
  readonly attributes: Readonly<Record<string, number>>;
}

export interface Signature {
  readonly arity: number;
  /** Whether the result keeps the first operand's axes; else the axes in `over` are gone. */
  readonly keepsAxes: boolean;
  /** What is wrong with a call besides its operands' types. */
  readonly problems?: (call: Call) => readonly string[];
  /** What is wrong with the axes of operands; without it each has all axes in `over`. */
  readonly operandProblems?: (call: Call, operands: readonly (readonly Axis[])[]) => readonly string[];
}

export const signatures: Readonly<Record<FunctionName, Signature>> = {
  softmax: { arity: 1, keepsAxes: true },
  logSumExp: { arity: 1, keepsAxes: false },
  normalize: { arity: 1, keepsAxes: true },
  inverseDeviation: { arity: 1, keepsAxes: false },
  newtonSchulz: { arity: 1, keepsAxes: true, problems: matrixProblems },
  spectralNormalize: { arity: 1, keepsAxes: true, problems: matrixProblems },
  precondition: {
    arity: 3,
    keepsAxes: true,
    problems: preconditioningProblems,
    operandProblems: statisticsProblems,
  },
  intoEigenbases: { arity: 3, keepsAxes: true, problems: matrixProblems, operandProblems: statisticsProblems },
  outOfEigenbases: { arity: 3, keepsAxes: true, problems: matrixProblems, operandProblems: statisticsProblems },
  eigenbasis: { arity: 1, keepsAxes: true, operandProblems: symmetricProblems },
};

function symmetricProblems(call: Call, [axes = []]: readonly (readonly Axis[])[]): readonly string[] {
  if (symmetricAxes(call, axes) !== undefined) return [];
  const side = call.over.join(', ');
  return [
    `is of a matrix on [${axes.join(', ')}], expected [${side}] and as many other copies of these, in this order`,
  ];
}

/** The axes of a symmetric matrix: those along which there is one for each place, its side, and copies of the side. */
export interface SymmetricAxes {
  readonly apart: readonly Axis[];
  readonly side: readonly Axis[];
  readonly copies: readonly Axis[];
}

/** The axes of the operand of a call; undefined where it is no symmetric matrix on its side. */
export function symmetricAxes({ over }: Pick<Call, 'over'>, axes: readonly Axis[]): SymmetricAxes | undefined {
  const rest = without(axes, over);
  const [apart, copies] = [rest.slice(0, -over.length), rest.slice(-over.length)];
  const spaces = (list: readonly Axis[]): string => list.map(spaceOf).join(' ');
  if (over.length === 0 || rest.length + over.length !== axes.length || spaces(copies) !== spaces(over))
    return undefined;
  return { apart, side: over, copies };
}

/** Of a function of a matrix: which axes are its rows, and how many steps it takes. */
function matrixProblems({ over, attributes }: Call): readonly string[] {
  const { rows = 1, steps = 1, squarings = 1 } = attributes;
  const problems: string[] = [];
  if (over.length < 2)
    problems.push(`is a function of a matrix, expected two axes or more, given [${over.join(', ')}]`);
  else if (!(Number.isInteger(rows) && rows >= 1 && rows < over.length))
    problems.push(`takes the first ${rows} axes as rows, expected a whole number from 1 to ${over.length - 1}`);
  if (!(Number.isInteger(steps) && steps >= 0))
    problems.push(`takes ${steps} steps, expected a whole number from 0 on`);
  if (!(Number.isInteger(squarings) && squarings >= 0))
    problems.push(`takes ${squarings} squarings, expected a whole number from 0 on`);
  return problems;
}

function preconditioningProblems(call: Call): readonly string[] {
  const { root = 1, epsilon = 1 } = call.attributes;
  return [
    ...matrixProblems(call),
    ...(Number.isInteger(root) && root >= 1 ? [] : [`takes the root ${root}, expected a whole number from 1 on`]),
    ...(epsilon > 0 ? [] : [`adds ε = ${epsilon}, expected a number above 0`]),
  ];
}

/** Of a matrix and two symmetric ones: those lie on its rows, or columns, and copies of these that it does not have. */
function statisticsProblems({ over, attributes }: Call, operands: readonly (readonly Axis[])[]): readonly string[] {
  const [matrix = [], ...statistics] = operands;
  const { rows = 1 } = attributes;
  const apart = without(matrix, over);
  const problems = over.every((axis) => matrix.includes(axis))
    ? []
    : [`is over [${over.join(', ')}], but its first operand is on [${matrix.join(', ')}]`];
  statistics.forEach((axes, k) => {
    const side = k === 0 ? over.slice(0, rows) : over.slice(rows);
    const copies = without(axes, matrix);
    const spaces = (list: readonly Axis[]): string => list.map(spaceOf).join(', ');
    if (!sameAxes(without(axes, copies), [...apart, ...side]) || spaces(copies) !== spaces(side)) {
      const wanted = `[${[...apart, ...side].join(', ')}] and as many other copies of [${side.join(', ')}], in this order`;
      problems.push(
        `has statistics of its ${k === 0 ? 'rows' : 'columns'} on [${axes.join(', ')}], expected ${wanted}`,
      );
    }
  });
  return problems;
}

/** Whether a word names a function. */
export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(signatures, name);
}

/** An attribute of a call, or what it is when left out. */
export function attribute(call: Call, name: string, fallback: number): number {
  return call.attributes[name] ?? fallback;
}
