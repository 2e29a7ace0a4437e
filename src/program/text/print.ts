/** The printed form of a program: one line an instruction, read like the paper's definitions. */

import { printSize, type Space } from './axes.ts';
import type { BinaryName, Expr } from './expressions.ts';
import type { Law, ValueType } from './instructions.ts';
import type { Node, Program } from './program.ts';

const list = (axes: readonly string[]): string => `[${axes.join(', ')}]`;

/** How tightly each binary operation binds; functions and leaves bind tightest. */
const precedence: Readonly<Record<BinaryName, number>> = { add: 1, sub: 1, mul: 2, div: 2, pow: 3, max: 4, min: 4 };
const symbol: Readonly<Partial<Record<BinaryName, string>>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '^' };

/** A number that reads back as the same f64. */
const printNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** A scalar expression over named operands. */
export function printExpr(expr: Expr, names: readonly string[]): string {
  return print(expr, 0);

  function print(node: Expr, outer: number): string {
    switch (node.op) {
      case 'constant':
        return node.value < 0 && outer > 0 ? `(${printNumber(node.value)})` : printNumber(node.value);
      case 'argument':
        return names[node.index] ?? `#${node.index + 1}`;
      case 'size':
        return node.exponent === 1 ? `|${node.space}|` : parenthesize(`|${node.space}|^${node.exponent}`, 3, outer);
      case 'unary':
        return node.name === 'neg'
          ? parenthesize(`-${print(node.arg, 2)}`, 1, outer)
          : `${node.name}(${print(node.arg, 0)})`;
      case 'binary': {
        const own = precedence[node.name];
        const sign = symbol[node.name];
        if (sign === undefined) return `${node.name}(${print(node.left, 0)}, ${print(node.right, 0)})`;
        return parenthesize(`${print(node.left, own)} ${sign} ${print(node.right, own + 1)}`, own, outer);
      }
    }
  }
}

function parenthesize(text: string, own: number, outer: number): string {
  return own < outer ? `(${text})` : text;
}

function printType(type: ValueType): string {
  return `${list(type.axes)}${type.kind === 'index' ? ` of ${type.of}` : ''}`;
}

function printSpace({ name, size }: Space): string {
  const text = printSize(size);
  return text === name ? name : `${name} = ${text}`;
}

function printLaw(law: Law): string {
  if (law.kind === 'constant') return printNumber(law.value);
  const powers = law.powers.map(({ space, exponent }) => `|${space}|^${exponent}`);
  const factors = law.scale === 1 && powers.length > 0 ? powers : [String(law.scale), ...powers];
  return `${law.kind === 'gaussian' ? 'normal' : law.kind}(${factors.join(' ')})`;
}

/** The right-hand side of one instruction. */
export function printInstruction(node: Node): string {
  const { instruction } = node;
  switch (instruction.op) {
    case 'input': {
      const { role, type, law } = instruction;
      if (law === undefined) return `${role} ${node.name}${printType(type)}`;
      return `${role === 'data' ? 'initial' : role} ${node.name}${printType(type)} ~ ${printLaw(law)}`;
    }
    case 'parameter': {
      const reason = instruction.zeroGradient === undefined ? '' : `  # gradient 0: ${instruction.zeroGradient}`;
      return `parameter ${node.name}${list(instruction.axes)} ~ ${printLaw(instruction.law)}${reason}`;
    }
    case 'constant':
      return instruction.values.length === 1 ? String(instruction.values[0]) : `(${instruction.values.join(', ')})`;
    case 'map':
      return printExpr(instruction.expr, instruction.args);
    case 'contract': {
      const [left, right] = instruction.args;
      return instruction.over.length === 0 ? `${left} outer ${right}` : `${left} @${list(instruction.over)} ${right}`;
    }
    case 'reduce':
      return `${instruction.by}${list(instruction.over)}(${instruction.arg})`;
    case 'broadcast':
      return `${instruction.arg} along ${list(instruction.along)}`;
    case 'gather':
      return `${instruction.table}[${instruction.axis} = ${instruction.index}]`;
    case 'scatter':
      return `scatter[${instruction.into} = ${instruction.index}; ${instruction.over.join(', ')}](${instruction.values})`;
    case 'rename':
      return `${instruction.arg} as ${list(instruction.axes.map(([from, to]) => `${from} -> ${to}`))}`;
    case 'call': {
      const attributes = Object.entries(instruction.attributes).map(([key, value]) => `, ${key} = ${value}`);
      return `${instruction.name}${list(instruction.over)}(${instruction.args.join(', ')}${attributes.join('')})`;
    }
  }
}

function printNode(node: Node): string {
  const { op } = node.instruction;
  if (op === 'input' || op === 'parameter') return printInstruction(node);
  return `${node.name}${printType(node.type)} = ${printInstruction(node)}`;
}

/** The whole program. */
export function printProgram(program: Program): string {
  const kinds = (['fixed', 'width'] as const).map((kind) => {
    const names = program.spaces.filter((space) => space.kind === kind).map(printSpace);
    return names.length === 0 ? [] : [`  ${kind} ${names.join(', ')}`];
  });
  const outputs = program.outputs.map(({ name, value, role }) => {
    const what = role === 'state' ? 'next state' : 'output';
    return `  ${what} ${name}${name === value ? '' : ` = ${value}`}`;
  });
  return [
    `program ${program.name}`,
    ...kinds.flat(),
    ...program.nodes.map((node) => `  ${printNode(node)}`),
    ...outputs,
  ].join('\n');
}
