/**
 * The printed form of a program: one line an instruction, read like the paper's definitions. Nothing is lost:
 * `parseProgram` reads the same program back.
 */

import type { Size, Space } from '../axes.ts';
import { type Law, operands, type Ref } from '../instructions.ts';
import type { Node, Output, Program } from '../program.ts';
import type { Start } from '../rearranging.ts';
import { type Windowing, windowSteps } from '../windowing.ts';
import { quoteBeforeBracket, quoteName } from './names.ts';
import { argumentOrder, printExpr, printNumber, printSizePower } from './printExpr.ts';
import { printAxes, printType } from './printType.ts';

function sizeText(size: Size): string {
  if (typeof size === 'number') return printNumber(size);
  return size.ratio === 1 ? quoteName(size.symbol) : `${printNumber(size.ratio)} ${quoteName(size.symbol)}`;
}

function printSpace({ name, size }: Space): string {
  const own = typeof size !== 'number' && size.ratio === 1 && size.symbol === name;
  return own ? quoteName(name) : `${quoteName(name)} = ${sizeText(size)}`;
}

function printLaw(law: Law): string {
  if (law.kind === 'constant') return printNumber(law.value);
  const powers = law.powers.map(({ space, exponent }) => printSizePower(space, exponent));
  const factors = law.scale === 1 && powers.length > 0 ? powers : [printNumber(law.scale), ...powers];
  return `${law.kind === 'gaussian' ? 'normal' : law.kind}(${factors.join(' ')})`;
}

/** An instruction: a declaration, or the right-hand side of an equation. */
export function printInstruction({ name, instruction }: Node): string {
  switch (instruction.op) {
    case 'input': {
      const { role, type, law } = instruction;
      const value = `${quoteName(name)}${printType(type)}`;
      return law === undefined
        ? `${role} ${value}`
        : `${role === 'data' ? 'initial' : role} ${value} ~ ${printLaw(law)}`;
    }
    case 'parameter': {
      const { axes, law, zeroGradient } = instruction;
      const reason = zeroGradient === undefined ? '' : `, no gradient: ${JSON.stringify(zeroGradient)}`;
      return `parameter ${quoteName(name)}${printAxes(axes)} ~ ${printLaw(law)}${reason}`;
    }
    case 'constant': {
      const numbers = instruction.values.map(printNumber);
      return numbers.length === 1 ? numbers.join() : `(${numbers.join(', ')})`;
    }
    case 'map': {
      const { expr, args } = instruction;
      const formula = printExpr(expr, args);
      const order = argumentOrder(expr);
      const plain = order.length === args.length && order.every((index, k) => index === k);
      const distinct = new Set(args).size === args.length;
      return plain && distinct ? formula : `map[${args.map(quoteName).join(', ')}](${formula})`;
    }
    case 'contract': {
      const [left, right] = instruction.args.map(quoteName);
      return instruction.over.length === 0
        ? `${left} outer ${right}`
        : `${left} @${printAxes(instruction.over)} ${right}`;
    }
    case 'reduce':
      return `${instruction.by}${printAxes(instruction.over)}(${quoteName(instruction.arg)})`;
    case 'broadcast':
      return `${quoteName(instruction.arg)} along ${printAxes(instruction.along)}`;
    case 'gather': {
      const { table, axis, index } = instruction;
      return `${quoteBeforeBracket(table)}[${quoteName(axis)} = ${quoteName(index)}]`;
    }
    case 'scatter': {
      const { values, index, into, over } = instruction;
      const summed = over.length === 0 ? '' : `; ${over.map(quoteName).join(', ')}`;
      return `scatter[${quoteName(into)} = ${quoteName(index)}${summed}](${quoteName(values)})`;
    }
    case 'rename': {
      const pairs = instruction.axes.map(([from, to]) => `${quoteName(from)} -> ${quoteName(to)}`);
      return `${quoteName(instruction.arg)} as [${pairs.join(', ')}]`;
    }
    case 'window':
    case 'overlap': {
      const { op, arg, axis, position, offset } = instruction;
      const pair = `${quoteName(position)}, ${quoteName(offset)}`;
      const axes = op === 'window' ? `${quoteName(axis)} -> ${pair}` : `${pair} -> ${quoteName(axis)}`;
      return `${op}[${axes}${printSteps(instruction)}](${quoteName(arg)})`;
    }
    case 'split': {
      const { arg, axis, into } = instruction;
      return `split[${quoteName(axis)} -> ${into.map(quoteName).join(', ')}](${quoteName(arg)})`;
    }
    case 'merge': {
      const { arg, axes, into } = instruction;
      return `merge[${axes.map(quoteName).join(', ')} -> ${quoteName(into)}](${quoteName(arg)})`;
    }
    case 'concat': {
      const { args, axes, into } = instruction;
      const list = (names: readonly string[]): string => names.map(quoteName).join(', ');
      return `concat[${list(axes)} -> ${quoteName(into)}](${list(args)})`;
    }
    case 'select':
    case 'pad': {
      const { op, arg, axis, into, after } = instruction;
      return `${op}[${quoteName(axis)} -> ${quoteName(into)}${printStart(after)}](${quoteName(arg)})`;
    }
    case 'call': {
      const attributes = Object.entries(instruction.attributes).map(
        ([key, value]) => `${quoteName(key)} = ${printNumber(value)}`,
      );
      const parts = [...instruction.args.map(quoteName), ...attributes];
      return `${instruction.name}${printAxes(instruction.over)}(${parts.join(', ')})`;
    }
  }
}

/** `; stride 2, pad 1`: the steps that are not those of neighbors. */
function printSteps(window: Windowing): string {
  const steps = windowSteps.flatMap(({ word, step, usual }) =>
    window[step] === usual ? [] : [`${word} ${printNumber(window[step])}`],
  );
  return steps.length === 0 ? '' : `; ${steps.join(', ')}`;
}

/** `; after 2, class`: what stands before a range, if anything does. */
function printStart({ entries, spaces }: Start): string {
  const parts = [...(entries === 0 ? [] : [printNumber(entries)]), ...spaces.map(quoteName)];
  return parts.length === 0 ? '' : `; after ${parts.join(', ')}`;
}

/** A value as a line of the program, marked `keep` where nothing reads it. */
export function printNode(node: Node, keep = false): string {
  const { op } = node.instruction;
  if (op === 'input' || op === 'parameter') return printInstruction(node);
  return `${keep ? 'keep ' : ''}${quoteName(node.name)}${printType(node.type)} = ${printInstruction(node)}`;
}

function printOutput({ name, value, role }: Output): string {
  const what = role === 'state' ? 'next state' : 'output';
  return `${what} ${quoteName(name)}${name === value ? '' : ` = ${quoteName(value)}`}`;
}

/** The whole program. Values that no output depends on are marked `keep` where nothing else reads them. */
export function printProgram(program: Program): string {
  const read = new Set<Ref>(program.outputs.map((output) => output.value));
  for (const { instruction } of program.nodes) for (const ref of operands(instruction)) read.add(ref);
  const lines = [
    ...printSpaces(program.spaces),
    ...program.nodes.map((node) => printNode(node, !read.has(node.name))),
    ...(program.outputs.length === 0 ? ['no outputs'] : program.outputs.map(printOutput)),
  ];
  return [`program ${printTitle(program.name)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Neighbors of one kind share a line. */
function printSpaces(spaces: readonly Space[]): string[] {
  const lines: { readonly kind: Space['kind']; readonly spaces: string[] }[] = [];
  for (const space of spaces) {
    const last = lines.at(-1);
    if (last?.kind === space.kind) last.spaces.push(printSpace(space));
    else lines.push({ kind: space.kind, spaces: [printSpace(space)] });
  }
  return lines.map(({ kind, spaces: names }) => `${kind} ${names.join(', ')}`);
}

/** A program's name may stand as it is unless the rest of its line would read otherwise. */
function printTitle(name: string): string {
  return /^[^\s"=[#\p{C}][^#\p{C}]*$/u.test(name) && name.trim() === name ? name : JSON.stringify(name);
}
