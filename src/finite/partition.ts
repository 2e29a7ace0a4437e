/**
 * A step program split by where its parts are best computed: matrix products in a graph, the long chains of entrywise
 * formulas that end in the next state (optimizers) in compiled kernels, and what is one number in f64.
 *
 * The rule: a map belongs to a kernel where everything that reads it does, or is the next state, and where it reads
 * values of its own axes and numbers alone. All else is the graph's. Kernels that share a value or a state are one, so
 * that no state is replaced before everyone has read it. Which part is whose does not depend on sizes, which formulas leave
 * open.
 */

import { required } from '../errors/index.ts';
import type { EntrywiseFormulas } from '../numeric/wasm/index.ts';
import {
  type Axis,
  argument,
  constant,
  type Expr,
  type Instruction,
  type InstructionOf,
  isCarried,
  type Node,
  nodeOf,
  operands,
  type Program,
  raised,
  type Sizes,
  sameAxes,
  substitute,
} from '../program/index.ts';
import type { TableRows } from './tables.ts';

/** Where a kernel reads entries. */
export type StreamSource =
  /** A state, or a parameter, which is one that stays, where it lies. */
  | { readonly kind: 'state'; readonly name: string }
  /** A data input, copied in where it changes. */
  | { readonly kind: 'data'; readonly name: string }
  /** A value of the graph, under the name of its output. */
  | { readonly kind: 'graph'; readonly name: string }
  /** A table, named by its value, that rows of the graph are added into. */
  | { readonly kind: 'table'; readonly name: string; readonly rows: TableRows };

/** Entrywise formulas of one shape. */
export interface KernelPart {
  /** Axes of all streams and results, in the order in which they are stored. */
  readonly axes: readonly Axis[];
  readonly streams: readonly StreamSource[];
  /** Values without axes that the formulas read. */
  readonly numbers: readonly string[];
  /** Sizes are open: {@link atSizes} fills them in. */
  readonly formulas: EntrywiseFormulas;
  /** States that the results are. */
  readonly results: readonly string[];
}

/** A number computed in f64 from states, parameters and data that are numbers, and from numbers before it. */
export interface NumberPart {
  readonly name: string;
  /** What it is computed from; nothing where it is given. */
  readonly reads: readonly string[];
  /** Over what it reads; absent where it is given. */
  readonly expr?: Expr;
}

export interface Partition {
  /** What the graph computes; its outputs are those of `outputs`, the streams and numbers of kernels, and next states. */
  readonly graph: Program;
  readonly kernels: readonly KernelPart[];
  /** In order, those that something needs. */
  readonly numbers: readonly NumberPart[];
  /** States that are numbers computed here, by the value that they become. */
  readonly numberStates: Readonly<Record<string, string>>;
  /** States that the graph computes, by the output that they become. */
  readonly graphStates: Readonly<Record<string, string>>;
  /** Numbers that the graph computes for kernels, by their values' names. */
  readonly graphNumbers: Readonly<Record<string, string>>;
}

/** Splits a step program. It is simplified, and all of its outputs are handed out. */
export function partition(program: Program): Partition {
  return new Partitioning(program).run();
}

/** The formulas of a kernel at bound sizes. */
export function atSizes(formulas: EntrywiseFormulas, sizes: Sizes): EntrywiseFormulas {
  const filled = (line: Expr): Expr =>
    substitute(line, (leaf) =>
      leaf.op === 'size' ? constant(raised(required(sizes[leaf.space], leaf.space), leaf.exponent)) : leaf,
    );
  return { ...formulas, lines: formulas.lines.map(filled) };
}

class Partitioning {
  readonly #program: Program;
  /** States that change, by name. */
  readonly #next: ReadonlyMap<string, string>;
  readonly #graphOutputs = new Map<string, string>();

  constructor(program: Program) {
    this.#program = program;
    this.#next = new Map(
      program.outputs
        .filter(({ role, name, value }) => role === 'state' && name !== value)
        .map(({ name, value }) => [name, value]),
    );
  }

  run(): Partition {
    const numbers = this.#numbers();
    const computed = new Set(numbers.map(({ name }) => name));
    const kernels = this.#kernels(this.#members());
    const inKernels = new Set(kernels.flatMap(({ results }) => results));
    const numberStates: Record<string, string> = {};
    const graphStates: Record<string, string> = {};
    for (const [state, value] of this.#next) {
      if (inKernels.has(state)) continue;
      if (computed.has(value)) numberStates[state] = value;
      else graphStates[state] = this.#ask(`next ${state}`, value);
    }
    const graphNumbers = Object.fromEntries(
      kernels
        .flatMap((kernel) => kernel.numbers)
        .filter((name) => !computed.has(name))
        .map((name) => [name, this.#ask(`number ${name}`, name)]),
    );
    const used = new Set([...Object.values(numberStates), ...kernels.flatMap((kernel) => kernel.numbers)]);
    return {
      graph: this.#graph(),
      kernels,
      numbers: needed(numbers, used),
      numberStates,
      graphStates,
      graphNumbers,
    };
  }

  #node(name: string): Node {
    return nodeOf(this.#program, name);
  }

  /** Asks the graph for a value under a name that no output has. */
  #ask(label: string, value: string): string {
    const taken = (name: string): boolean =>
      this.#graphOutputs.has(name) || this.#program.outputs.some((output) => output.name === name);
    let name = label;
    while (taken(name)) name = `${name}'`;
    this.#graphOutputs.set(name, value);
    return name;
  }

  /** Numbers that depend on what is given and constants through maps alone. */
  #numbers(): NumberPart[] {
    const parts = new Map<string, NumberPart>();
    for (const { name, type, instruction } of this.#program.nodes) {
      if (type.axes.length > 0 || type.kind !== 'real') continue;
      if (instruction.op === 'input' || instruction.op === 'parameter') parts.set(name, { name, reads: [] });
      if (instruction.op === 'constant') {
        parts.set(name, { name, reads: [], expr: constant(required(instruction.values[0], name)) });
      }
      if (instruction.op === 'map' && instruction.args.every((arg) => parts.has(arg))) {
        parts.set(name, { name, reads: instruction.args, expr: instruction.expr });
      }
    }
    return [...parts.values()];
  }

  /** Maps that belong to kernels. */
  #members(): ReadonlySet<string> {
    const readers = new Map<string, string[]>();
    for (const { name, instruction } of this.#program.nodes) {
      for (const ref of operands(instruction)) readers.set(ref, [...(readers.get(ref) ?? []), name]);
    }
    const members = new Set<string>();
    for (const node of [...this.#program.nodes].reverse()) {
      const { name, type, instruction } = node;
      if (instruction.op !== 'map' || type.axes.length === 0) continue;
      const given = this.#program.outputs.filter(({ value }) => value === name);
      const read = readers.get(name) ?? [];
      const alone =
        read.every((reader) => members.has(reader) && sameAxes(this.#node(reader).type.axes, type.axes)) &&
        given.every(({ role }) => role === 'state');
      const fits = instruction.args.every((arg) => {
        const { axes } = this.#node(arg).type;
        return axes.length === 0 || sameAxes(axes, type.axes);
      });
      if (alone && fits && read.length + given.length > 0) members.add(name);
    }
    return members;
  }

  #kernels(members: ReadonlySet<string>): KernelPart[] {
    const groups = new Groups();
    for (const name of members) {
      for (const arg of this.#map(name).args) {
        if (members.has(arg) || this.#isArray(arg)) groups.join(name, arg);
      }
    }
    for (const [state, value] of this.#next) if (members.has(value)) groups.join(value, state);
    return groups.all().flatMap((group) => this.#kernel(group, members) ?? []);
  }

  /** One kernel, or none where its states are stored in different orders: then the graph computes them. */
  #kernel(group: ReadonlySet<string>, members: ReadonlySet<string>): KernelPart | undefined {
    const lines = this.#program.nodes.filter(({ name }) => group.has(name) && members.has(name)).map(nameOf);
    const results = [...this.#next].filter(([, value]) => lines.includes(value)).map(([state]) => state);
    const reads = [...new Set(lines.flatMap((line) => this.#map(line).args))].filter((arg) => !members.has(arg));
    const streams = reads.filter((name) => this.#node(name).type.axes.length > 0);
    const numbers = reads.filter((name) => this.#node(name).type.axes.length === 0);
    const first = required(results[0], 'state of a kernel');
    const { axes } = this.#node(first).type;
    const states = [...results, ...streams.filter((name) => this.#isState(name))];
    if (states.some((name) => !sameList(this.#node(name).type.axes, axes))) return undefined;
    const places = new Map([...streams, ...numbers, ...lines].map((name, k) => [name, k]));
    const place = (name: string | undefined): number => required(places.get(required(name, first)), first);
    return {
      axes,
      streams: streams.map((name) => this.#source(name, first, axes)),
      numbers,
      formulas: {
        streams: streams.length,
        numbers: numbers.length,
        lines: lines.map((line) => {
          const { expr, args } = this.#map(line);
          return substitute(expr, (leaf) => (leaf.op === 'size' ? leaf : argument(place(args[leaf.index]))));
        }),
        results: results.map((state) => lines.indexOf(required(this.#next.get(state), state))),
      },
      results,
    };
  }

  #source(name: string, kernel: string, axes: readonly Axis[]): StreamSource {
    const { instruction } = this.#node(name);
    if (this.#isState(name)) return { kind: 'state', name };
    if (instruction.op === 'input') return { kind: 'data', name };
    const rows = this.#rows(instruction, kernel, axes);
    if (rows !== undefined) return { kind: 'table', name, rows };
    return { kind: 'graph', name: this.#ask(`${name} for ${kernel}`, name) };
  }

  /** The rows of a scatter into the first of these axes, whose index is given and says all about where they go. */
  #rows(instruction: Instruction, kernel: string, [first, ...rest]: readonly Axis[]): TableRows | undefined {
    if (instruction.op !== 'scatter' || instruction.into !== first) return undefined;
    const { values, index, over } = instruction;
    const given = this.#node(index);
    if (given.instruction.op !== 'input' || isCarried(given.instruction) || !sameAxes(given.type.axes, over))
      return undefined;
    return { output: this.#ask(`rows of ${values} for ${kernel}`, values), axes: [...over, ...rest], index, over };
  }

  /** Whether a value is a state with axes: numbers tie nothing together, for they change after all kernels. */
  #isArray(name: string): boolean {
    return this.#isState(name) && this.#node(name).type.axes.length > 0;
  }

  /** Whether a value is a state, or a parameter. */
  #isState(name: string): boolean {
    const { instruction } = this.#node(name);
    return (instruction.op === 'input' || instruction.op === 'parameter') && isCarried(instruction);
  }

  #map(name: string): InstructionOf<'map'> {
    const { instruction } = this.#node(name);
    // Members are maps.
    return instruction as InstructionOf<'map'>;
  }

  /** What is asked of the graph, without what nothing there needs. */
  #graph(): Program {
    const given = this.#program.outputs.filter(({ role }) => role === 'data');
    const asked = [...this.#graphOutputs].map(([name, value]) => ({ name, value, role: 'data' as const }));
    const outputs = [...given, ...asked];
    const live = new Set(outputs.map(({ value }) => value));
    for (const { name, instruction } of [...this.#program.nodes].reverse()) {
      if (live.has(name)) for (const ref of operands(instruction)) live.add(ref);
    }
    return { ...this.#program, nodes: this.#program.nodes.filter(({ name }) => live.has(name)), outputs };
  }
}

const nameOf = ({ name }: Node): string => name;

const sameList = (left: readonly Axis[], right: readonly Axis[]): boolean =>
  left.length === right.length && left.every((axis, k) => axis === right[k]);

/** The numbers that some are computed from, these included. */
function needed(numbers: readonly NumberPart[], wanted: Iterable<string>): NumberPart[] {
  const all = new Set(wanted);
  const kept = [...numbers].reverse().filter(({ name, reads }) => {
    if (!all.has(name)) return false;
    for (const read of reads) all.add(read);
    return true;
  });
  return kept.reverse();
}

/** Disjoint sets of names. */
class Groups {
  readonly #groups = new Map<string, Set<string>>();

  join(left: string, right: string): void {
    const [a, b] = [this.#of(left), this.#of(right)];
    if (a === b) return;
    for (const name of b) {
      a.add(name);
      this.#groups.set(name, a);
    }
  }

  all(): ReadonlySet<string>[] {
    return [...new Set(this.#groups.values())];
  }

  #of(name: string): Set<string> {
    const group = this.#groups.get(name) ?? new Set([name]);
    this.#groups.set(name, group);
    return group;
  }
}
