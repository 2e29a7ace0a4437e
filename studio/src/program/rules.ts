/** What of NE⊗OR⊤ an instruction is, and the rule that its ket follows (IVb 2.6.1 and 2.6.5). */

import { type Node, nodeOf, operands, type Program, spaceOf } from 'nexort/program';

export const RULES = {
  matrix: {
    title: 'initial matrix',
    definition: 'IVb 2.6.3',
    says: 'Gaussian entries of variance 1/n; it acts by products alone',
  },
  initial: { title: 'initial vector', definition: 'IVb 2.6.5', says: 'the ket is a Gaussian variable' },
  matmul: { title: 'MatMul', definition: 'IVb 2.6.5', says: 'the ket is a Gaussian hat part and a dot part' },
  nonlinear: {
    title: 'OuterNonlin',
    definition: 'IVb 2.6.5',
    says: 'the ket is the function of the kets, averaged over copies',
  },
  average: { title: 'Avg', definition: 'IVb 2.6.5', says: 'a number: the mean of the ket' },
  fixed: {
    title: 'on fixed axes',
    definition: 'IVb 2.6.1',
    says: 'multi-vectors and multi-scalars: any operation is allowed',
  },
  given: {
    title: 'given numbers',
    definition: 'IVb 2.6.1',
    says: 'inputs, targets and constants go into the functions',
  },
} as const;
export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[]; // keys of the table above

/** How many width axes a value has. */
export function widthsIn(program: Program, { type }: Pick<Node, 'type'>): number {
  return type.axes.filter((axis) => program.spaces.find(({ name }) => name === spaceOf(axis))?.kind === 'width').length;
}

/** The rule of an instruction. */
export function ruleOfNode(program: Program, node: Node): RuleName {
  const { instruction } = node;
  const widths = widthsIn(program, node);
  switch (instruction.op) {
    case 'constant':
      return 'given';
    case 'input':
      if (instruction.law === undefined || instruction.law.kind === 'constant' || widths === 0) return 'given';
      return widths > 1 ? 'matrix' : 'initial';
    case 'parameter':
      if (instruction.law.kind === 'constant' || widths === 0) return 'given';
      return widths > 1 ? 'matrix' : 'initial';
    case 'contract': {
      if (instruction.args.some((ref) => isMatrix(program, ref)) && sumsWidth(program, instruction.over))
        return 'matmul';
      return reachesWidth(program, node) ? 'nonlinear' : 'fixed';
    }
    case 'reduce':
      if (!sumsWidth(program, instruction.over)) return 'fixed';
      return widths === 0 ? 'average' : 'nonlinear';
    case 'map':
    case 'call':
      return reachesWidth(program, node) ? 'nonlinear' : 'fixed';
    default:
      return 'fixed';
  }
}

const sumsWidth = (program: Program, over: readonly string[]): boolean =>
  over.some((axis) => program.spaces.find(({ name }) => name === spaceOf(axis))?.kind === 'width');

const reachesWidth = (program: Program, node: Node): boolean =>
  widthsIn(program, node) > 0 || operands(node.instruction).some((ref) => widthsIn(program, nodeOf(program, ref)) > 0);

/** Whether a value is a matrix that was drawn, trained or not, under whatever names of its axes. */
function isMatrix(program: Program, ref: string): boolean {
  const node = nodeOf(program, ref);
  const { instruction } = node;
  if (instruction.op === 'rename') return isMatrix(program, instruction.arg);
  return (instruction.op === 'input' || instruction.op === 'parameter') && ruleOfNode(program, node) === 'matrix';
}
