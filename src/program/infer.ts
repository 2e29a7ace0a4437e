/** Type rules: the axes of each instruction's result, or everything that is wrong with its operands. */

import { type Axis, contains, intersection, printSize, sameAxes, spaceOf, union, without } from './axes.ts';
import { isCanonical } from './exponent.ts';
import { argumentsOf, sizePowersOf, sizesOf } from './expressions.ts';
import { signatures } from './functions/signatures.ts';
import type { Instruction, InstructionOf, Law, Op, ValueType } from './instructions.ts';
import { rearrangedType } from './rearrangedType.ts';
import { entries } from './tensor.ts';
import {
  checkAxes,
  checkIndex,
  quote,
  real,
  requireAxes,
  requireDistinct,
  requireReal,
  type Scope,
  show,
  strayIndices,
} from './typeChecks.ts';
import { reachProblems, stepProblems, type Windowing } from './windowing.ts';

type Rule<K extends Op> = (instruction: InstructionOf<K>, scope: Scope, problems: string[]) => ValueType;

function checkLaw(law: Law, scope: Scope, problems: string[]): void {
  if (law.kind === 'constant') return;
  for (const { space, exponent } of law.powers) {
    if (scope.space(space) === undefined) problems.push(`the law reads the size of ${space}, no declared space`);
    checkPower(space, exponent, problems);
  }
}

function checkPower(space: string, exponent: unknown, problems: string[]): void {
  if (isCanonical(exponent)) return;
  const expected = 'a fraction in lowest terms, such as {"numerator": 1, "denominator": 2}';
  problems.push(`the power of the size of ${space} is ${JSON.stringify(exponent)}, expected ${expected}`);
}

const rules: { readonly [K in Op]: Rule<K> } = {
  input: ({ type, law }, scope, problems) => {
    checkAxes(type.axes, scope, problems);
    if (law !== undefined) checkLaw(law, scope, problems);
    checkIndex(type, scope, problems);
    return type;
  },

  parameter: ({ axes, law }, scope, problems) => {
    checkAxes(axes, scope, problems);
    checkLaw(law, scope, problems);
    return real(axes);
  },

  constant: ({ type, values }, scope, problems) => {
    checkAxes(type.axes, scope, problems);
    const sizes = type.axes.map((axis) => scope.space(spaceOf(axis))?.size);
    const numbers = sizes.filter((size) => typeof size === 'number');
    if (numbers.length < sizes.length) problems.push('a constant needs axes whose sizes are numbers');
    else if (entries(numbers) !== values.length) {
      problems.push(`${values.length} numbers for ${entries(numbers)} entries of ${show(type.axes)}`);
    }
    checkIndex(type, scope, problems);
    const size = type.kind === 'index' ? scope.space(type.of)?.size : undefined;
    if (type.kind === 'index' && typeof size === 'number') problems.push(...strayIndices(values, type.of, size));
    return type;
  },

  map: ({ expr, args }, scope, problems) => {
    const types = args.map(scope.type);
    for (const ref of args) requireReal(ref, scope.type(ref), problems);
    for (const index of argumentsOf(expr)) {
      if (index >= args.length) problems.push(`the expression reads operand ${index + 1} of ${args.length}`);
    }
    for (const { space, exponent } of sizePowersOf(expr)) checkPower(space, exponent, problems);
    for (const space of sizesOf(expr)) {
      if (scope.space(space) === undefined)
        problems.push(`the expression reads the size of ${space}, no declared space`);
    }
    const all = union(...types.map((type) => type.axes));
    const widest = types.find((type) => contains(type.axes, all));
    if (widest === undefined) {
      const list = args.map((ref, k) => quote(ref, types[k] ?? real([]))).join(', ');
      problems.push(
        `no operand's axes contain the others' (${list}); broadcast one of them to ${show(all)} to write an outer product`,
      );
    }
    return real(widest?.axes ?? all);
  },

  contract: ({ args, over }, scope, problems) => {
    const [left, right] = [scope.type(args[0]), scope.type(args[1])];
    requireReal(args[0], left, problems);
    requireReal(args[1], right, problems);
    requireDistinct(over, problems);
    requireAxes(args[0], left, over, problems);
    requireAxes(args[1], right, over, problems);
    return real(contractAxes(left.axes, right.axes, over));
  },

  reduce: ({ arg, over }, scope, problems) => {
    const type = scope.type(arg);
    requireReal(arg, type, problems);
    requireDistinct(over, problems);
    requireAxes(arg, type, over, problems);
    return real(without(type.axes, over));
  },

  broadcast: ({ arg, along }, scope, problems) => {
    const type = scope.type(arg);
    requireReal(arg, type, problems);
    checkAxes(along, scope, problems);
    const present = intersection(along, type.axes);
    if (present.length > 0) problems.push(`${quote(arg, type)} already has axis ${present.join(', ')}`);
    return real(union(along, type.axes));
  },

  gather: ({ table, index, axis }, scope, problems) => {
    const source = scope.type(table);
    const where = scope.type(index);
    requireReal(table, source, problems);
    requireAxes(table, source, [axis], problems);
    requireIndex(index, where, axis, problems);
    if (where.axes.includes(axis)) {
      problems.push(`${quote(index, where)} has axis ${axis}, which it picks from; rename it to ${axis}' first`);
    }
    const rest = without(source.axes, [axis]);
    return real([...where.axes, ...without(rest, where.axes)]);
  },

  scatter: ({ values, index, into, over }, scope, problems) => {
    const source = scope.type(values);
    const where = scope.type(index);
    requireReal(values, source, problems);
    requireIndex(index, where, into, problems);
    requireAxes(values, source, where.axes, problems);
    requireDistinct(over, problems);
    requireAxes(index, where, over, problems);
    checkAxes([into], scope, problems);
    if (source.axes.includes(into)) problems.push(`${quote(values, source)} already has axis ${into}`);
    return real([...without(intersection(source.axes, where.axes), over), into, ...without(source.axes, where.axes)]);
  },

  rename: ({ arg, axes }, scope, problems) => {
    const type = scope.type(arg);
    const from = axes.map(([source]) => source);
    requireAxes(arg, type, from, problems);
    for (const [source, target] of axes) {
      const [a, b] = [scope.space(spaceOf(source)), scope.space(spaceOf(target))];
      if (b === undefined) problems.push(`axis ${target} runs over no declared space`);
      // Symbols are compared as declared: they are bound later.
      else if (a !== undefined && JSON.stringify(a.size) !== JSON.stringify(b.size)) {
        problems.push(
          `axis ${source} of size ${printSize(a.size)} cannot become ${target} of size ${printSize(b.size)}`,
        );
      }
    }
    const to = new Map(axes);
    const renamed = type.axes.map((axis) => to.get(axis) ?? axis);
    checkAxes(renamed, scope, problems);
    return { ...type, axes: renamed };
  },

  window: (window, scope, problems) => {
    const type = scope.type(window.arg);
    requireReal(window.arg, type, problems);
    requireAxes(window.arg, type, [window.axis], problems);
    const { axis, position, offset } = window;
    checkWindowing(window, scope, problems);
    const axes = type.axes.flatMap((own) => (own === axis ? [position, offset] : [own]));
    checkAxes(axes, scope, problems);
    return real(axes);
  },

  overlap: (window, scope, problems) => {
    const type = scope.type(window.arg);
    requireReal(window.arg, type, problems);
    const { axis, position, offset } = window;
    requireAxes(window.arg, type, [position, offset], problems);
    checkWindowing(window, scope, problems);
    const axes = without(type.axes, [offset]).map((own) => (own === position ? axis : own));
    checkAxes(axes, scope, problems);
    return real(axes);
  },

  split: rearrangedType,
  merge: rearrangedType,
  concat: rearrangedType,
  select: rearrangedType,
  pad: rearrangedType,

  call: ({ name, args, over, attributes }, scope, problems) => {
    const types = args.map(scope.type);
    const { arity: wanted, operandProblems } = signatures[name];
    problems.push(...(signatures[name].problems?.({ over, attributes }) ?? []));
    requireDistinct(over, problems);
    if (args.length !== wanted)
      problems.push(`${name} takes ${wanted === 1 ? '1 operand' : `${wanted} operands`}, given ${args.length}`);
    for (const ref of args) {
      requireReal(ref, scope.type(ref), problems);
      if (operandProblems === undefined) requireAxes(ref, scope.type(ref), over, problems);
    }
    const axes = types.map((type) => type?.axes ?? []);
    if (operandProblems !== undefined) problems.push(...operandProblems({ over, attributes }, axes));
    const first = types[0] ?? real([]);
    return real(signatures[name].keepsAxes ? first.axes : without(first.axes, over));
  },
};

/** Whole steps along fixed axes, and no window beside its axis where the sizes are numbers already. */
function checkWindowing(window: Windowing, { space }: Scope, problems: string[]): void {
  const { axis, position, offset } = window;
  const count = problems.length;
  problems.push(...stepProblems(window));
  requireDistinct([position, offset], problems);
  const wide = [axis, position, offset].filter((own) => space(spaceOf(own))?.kind === 'width');
  if (wide.length > 0)
    problems.push(`axis ${wide.join(', ')} is a width; windows run along fixed axes, for a width has no neighbors`);
  const sizes = [axis, position, offset].map((own) => space(spaceOf(own))?.size);
  const [length, positions, offsets] = sizes;
  if (problems.length > count) return;
  if (typeof length === 'number' && typeof positions === 'number' && typeof offsets === 'number')
    problems.push(...reachProblems(window, { length, positions, offsets }));
}

function requireIndex(ref: string, type: ValueType, axis: Axis, problems: string[]): void {
  if (type.kind !== 'index') problems.push(`${quote(ref, type)} is real, expected an index into ${spaceOf(axis)}`);
  else if (type.of !== spaceOf(axis)) {
    problems.push(`${quote(ref, type)} is an index into ${type.of}, expected one into ${spaceOf(axis)}`);
  }
}

/** Axes of a contraction: the left operand's in its order, then those that only the right has, less the summed ones. */
export function contractAxes(left: readonly Axis[], right: readonly Axis[], over: readonly Axis[]): Axis[] {
  return without(union(left, right), over);
}

/** The type of an instruction's result; problems are added to the list, and the type is then a best guess. */
export function infer(instruction: Instruction, scope: Scope, problems: string[]): ValueType {
  for (const ref of parametersMisused(instruction, scope)) {
    problems.push(
      `parameter "${ref}" may be used only by contract or gather; contract it with a constant 1 to use it as it is`,
    );
  }
  const rule = rules[instruction.op] as Rule<Op>; // the table pairs each op with its own rule
  return rule(instruction, scope, problems);
}

function parametersMisused(instruction: Instruction, scope: Scope): string[] {
  switch (instruction.op) {
    case 'input':
    case 'parameter':
    case 'constant':
    case 'contract':
    case 'gather':
      return [];
    case 'map':
    case 'concat':
    case 'call':
      return instruction.args.filter(scope.isParameter);
    case 'reduce':
    case 'broadcast':
    case 'rename':
    case 'window':
    case 'overlap':
    case 'split':
    case 'merge':
    case 'select':
    case 'pad':
      return [instruction.arg].filter(scope.isParameter);
    case 'scatter':
      return [instruction.values].filter(scope.isParameter);
  }
}

/** Whether two types hold the same kind of values on the same axes. */
export function sameType(left: ValueType, right: ValueType): boolean {
  if (left.kind === 'index' && right.kind === 'index' && left.of !== right.of) return false;
  return left.kind === right.kind && sameAxes(left.axes, right.axes);
}
