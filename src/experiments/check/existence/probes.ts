/**
 * The numbers that decide whether a program is singular: what it divides by, or takes logarithms and negative powers of,
 * where that has no width axis. They are handed out beside the outputs, so that their limits are computed with those.
 */

import { required } from '../../../errors/index.ts';
import {
  analyze,
  argument,
  argumentsOf,
  type Exponent,
  type Expr,
  entryExponent,
  equal,
  expand,
  extend,
  finite,
  mul,
  type Node,
  negated,
  type Program,
  renumber,
  signOf,
  sizePower,
  spaceOf,
  withoutMaximum,
} from '../../../program/index.ts';
import { siteOf } from './singular.ts';

/** A program that hands out its probes. */
export interface Probed {
  /** Named functions over width axes written out. */
  readonly program: Program;
  /** Names of outputs that are probes. */
  readonly names: ReadonlySet<string>;
  /** The probe of the operand of a site of a map, and whether that is 0 at every width. */
  readonly site: (node: string, operand: Expr) => { readonly name: string } | 'nothing' | undefined;
  /** The probe of a number that a map reads. */
  readonly number: (ref: string) => string | undefined;
}

/** Steps after which powers of n are taken to repeat. */
const MOST_STEPS = 8;

/** A site whose operand is a number, as a value of the program. */
interface Operand {
  readonly node: string;
  readonly operand: Expr;
  readonly value: string;
}

export function withProbes(program: Program): Probed {
  const wide = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const isWide = (axis: string): boolean => wide.has(spaceOf(axis));
  const read = expand(withoutMaximum(program), ({ over }) => over.some(isWide));
  const scalars = new Set(
    read.nodes.filter(({ type }) => type.kind === 'real' && !type.axes.some(isWide)).map(({ name }) => name),
  );
  const operands: Operand[] = [];
  const beside = new Set<string>();
  const written = extend(read, (writer) => {
    for (const node of read.nodes) {
      for (const { operand, indices, refs } of sitesOf(node)) {
        const numbers = refs.filter((ref) => scalars.has(ref));
        if (numbers.length < refs.length) for (const ref of numbers) beside.add(ref);
        else {
          const args = refs.map((ref) => writer.value(ref));
          operands.push({ node: node.name, operand, value: writer.map(renumber(operand, indices), args).name });
        }
      }
    }
  });
  const names = new Set<string>();
  const sites = new Map<string, Map<Expr, { readonly name: string } | 'nothing'>>();
  const numbers = new Map<string, string>();
  const exponentOf = exponents(written);
  const [width = ''] = wide;
  const probed = extend(written, (writer) => {
    const handOut = (value: string): string => {
      const name = writer.free(`probe ${names.size + 1} of ${value}`);
      names.add(name);
      writer.output(name, writer.value(value));
      return name;
    };
    for (const ref of beside) numbers.set(ref, handOut(ref));
    for (const { node, operand, value } of operands) {
      const own = sites.get(node) ?? new Map<Expr, { readonly name: string } | 'nothing'>();
      sites.set(node, own);
      const exponent = exponentOf(value);
      if (exponent === undefined) continue;
      if (!finite(exponent)) own.set(operand, 'nothing');
      else if (signOf(exponent) === 0) own.set(operand, { name: handOut(value) });
      else {
        const factor = sizePower(width, negated(exponent));
        own.set(operand, { name: handOut(writer.map(mul(factor, argument(0)), [writer.value(value)]).name) });
      }
    }
  });
  return {
    program: probed,
    names,
    site: (node, operand) => sites.get(node)?.get(operand),
    number: (ref) => numbers.get(ref),
  };
}

/** The sites of a map, with the operands that they read. */
function sitesOf({ instruction }: Node): { operand: Expr; indices: number[]; refs: string[] }[] {
  if (instruction.op !== 'map') return [];
  const { args } = instruction;
  const found: { operand: Expr; indices: number[]; refs: string[] }[] = [];
  const visit = (expr: Expr): void => {
    const site = siteOf(expr);
    if (site !== undefined) {
      const indices = [...argumentsOf(site.operand)];
      found.push({
        operand: site.operand,
        indices,
        refs: indices.map((index) => required(args[index], `operand ${index} of a map`)),
      });
    }
    if (expr.op === 'unary') visit(expr.arg);
    if (expr.op === 'binary') {
      visit(expr.left);
      visit(expr.right);
    }
  };
  visit(instruction.expr);
  return found;
}

/** The power of n of a value, the same at every step; undefined for one that changes. */
function exponents(program: Program): (ref: string) => Exponent | undefined {
  const found: ReadonlyMap<string, Exponent>[] = [];
  let state: Parameters<typeof analyze>[1] = new Map();
  for (let step = 0; step < MOST_STEPS; step++) {
    const analysis = analyze(program, state);
    found.push(new Map([...analysis.forms].map(([ref, form]) => [ref, entryExponent(form)])));
    if (analysis.state.size === 0 || JSON.stringify([...state]) === JSON.stringify([...analysis.state])) break;
    state = analysis.state;
  }
  return (ref) => {
    const own = found.map((step) => required(step.get(ref), `power of n of "${ref}"`));
    const [first] = own;
    return first !== undefined && own.every((exponent) => equal(exponent, first)) ? first : undefined;
  };
}
