/**
 * How far training changes the weights of each layer, by what the change does: the root mean square of (W − W_0) x, over that
 * of x, over the width, all examples and places. It bounds the operator norm of W − W_0 between root mean squares from
 * below, is of order n^(-r) where classification says r (theory 6), and so of order 1 where features move.
 *
 * Frobenius norms would say less: a matrix that starts at norm n^(1/2) changes by one of order 1.
 */

import { required } from '../../errors/index.ts';
import type { Estimate } from '../../kets/index.ts';
import { selectParameters } from '../../optimizers/index.ts';
import {
  argument,
  div,
  extend,
  type Node,
  nodeOf,
  operands,
  type Program,
  type Ref,
  square,
  sub,
  unary,
  type Value,
  type Writer,
  withOperands,
} from '../../program/index.ts';
import { parametrizedNet } from '../../training/index.ts';
import type { LimitProblem } from './problem.ts';

/** The change of one parameter since the start, before a step. */
export interface WeightChange<Entry = Estimate> {
  readonly step: number;
  readonly parameter: string;
  readonly change: Entry;
}

/** No change, which is known. */
export const NONE: Estimate = { value: 0, standardError: 0 };

/** The value of a parameter at the start, as a state. */
export const initialName = (parameter: string): string => `${parameter}.initial`;

const changeName = (parameter: string): string => `change.${parameter}`;

/** The trained parameters of a problem. */
function changing({ net, trainable }: LimitProblem): readonly string[] {
  const names = net.parameters.map(({ name }) => name);
  if (trainable === undefined) return names;
  const selected = selectParameters(net.parameters, trainable, 'parameters to train');
  return names.filter((name) => selected.has(name));
}

/** A step that also keeps the weights it starts from. */
export function withInitialWeights(problem: LimitProblem, step: Program): Program {
  return extend(step, (writer) => {
    for (const name of changing(problem)) {
      const weight = writer.value(name);
      // A state is also read; it starts as nothing, so that nothing is drawn for it.
      const law = { kind: 'constant', value: 0 } as const;
      writer.write({ op: 'input', role: 'state', type: weight.type, law }, initialName(name));
      writer.output(initialName(name), weight, 'state');
    }
  });
}

/** Reads the changes from what a look has given; none of an output that is no change. */
export function changesIn<Entry>(
  step: number,
  outputs: readonly { readonly name: string; readonly entries: readonly Entry[] }[],
): readonly WeightChange<Entry>[] {
  return outputs.flatMap(({ name, entries }) =>
    name.startsWith(changeName(''))
      ? [{ step, parameter: name.slice(changeName('').length), change: required(entries[0], 'change of weights') }]
      : [],
  );
}

/** Before the first step, where that is asked for, no weight has changed. */
export function unchanged<Entry>(
  problem: LimitProblem,
  steps: readonly number[],
  none: Entry,
): readonly WeightChange<Entry>[] {
  return steps.includes(0) ? changing(problem).map((parameter) => ({ step: 0, parameter, change: none })) : [];
}

/**
 * What is known of a network that stands still: weights before the readout change by n^(-r), r > 0. How far the readout
 * moves is not told, for only the outputs that it moves are in that limit.
 */
export function standingStill(problem: LimitProblem, steps: readonly number[]): readonly WeightChange[] {
  const changed = new Set(changing(problem));
  const still = problem.net.parameters.filter(
    ({ name, kind }) => changed.has(name) && (kind === 'vector' || kind === 'matrix'),
  );
  const later = steps.filter((step) => step > 0);
  return [
    ...unchanged(problem, steps, NONE),
    ...later.flatMap((step) => still.map(({ name }) => ({ step, parameter: name, change: NONE }))),
  ];
}

/** The change of each trained parameter of a network whose state also holds what it started from. */
export function changeLook(problem: LimitProblem): Program {
  const { net } = problem;
  const scaled = parametrizedNet(net, problem);
  const own = new Set(net.program.nodes.map(({ name }) => name));
  const write = (writer: Writer): void => {
    for (const name of changing(problem)) {
      const { instruction } = nodeOf(scaled, name);
      if (instruction.op !== 'parameter') continue;
      const initial = writer.write(instruction, initialName(name));
      const { forms, uses } = weightUses(net.program, name);
      // What lies between a use and the weight is scaled or renamed anew; all else is as it is.
      const atStart = (ref: Ref): Value => {
        if (ref === name) return initial;
        if (own.has(ref) && !forms.has(ref)) return writer.value(ref);
        return rewritten(ref);
      };
      const rewritten = (ref: Ref): Value =>
        writer.write(withOperands(nodeOf(scaled, ref).instruction, (operand) => atStart(operand).name));
      const moved = writer.sum(
        uses.map((use) =>
          meanSquare(writer, writer.map(sub(argument(0), argument(1)), [writer.value(use.name), rewritten(use.name)])),
        ),
      );
      const met = writer.sum(uses.map((use) => meanSquareOfInput(writer, use, forms)));
      if (moved === undefined || met === undefined) continue;
      const ratio = unary('sqrt', div(argument(0), argument(1)));
      writer.output(changeName(name), writer.map(ratio, [moved, met]));
    }
  };
  return extend({ ...scaled, outputs: [] }, write, `${net.program.name}, change of its weights`);
}

/** The values that are a parameter in another form, such as multiplied by a number, and those that bring it to something else. */
function weightUses(
  { nodes }: Program,
  parameter: Ref,
): { readonly forms: ReadonlySet<Ref>; readonly uses: readonly Node[] } {
  const forms = new Set([parameter]);
  const uses: Node[] = [];
  for (const node of nodes) {
    const read = operands(node.instruction);
    if (!read.some((ref) => forms.has(ref))) continue;
    if (read.every((ref) => forms.has(ref))) forms.add(node.name);
    else uses.push(node);
  }
  return { forms, uses };
}

/** Of the x that W multiplies; 1 where it is added or looked up. */
function meanSquareOfInput(writer: Writer, { instruction }: Node, forms: ReadonlySet<Ref>): Value {
  const other = instruction.op === 'contract' ? instruction.args.find((ref) => !forms.has(ref)) : undefined;
  if (other !== undefined) return meanSquare(writer, writer.value(other));
  return writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
}

const meanSquare = (writer: Writer, value: Value): Value =>
  writer.reduce('mean', writer.map(square(argument(0)), [value]), value.type.axes);
