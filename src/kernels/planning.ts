/** Programs read once: the plan of their kernels, kept for inputs of the same kind. */

import { walk } from '../entries/index.ts';
import { required } from '../errors/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  bind,
  type Node,
  operands,
  type Program,
  type Ref,
  type Sizes,
  spaceOf,
  type Tensors,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { type Inputs, joinedTensors } from './inputs.ts';
import { dataOutput } from './output.ts';
import { type KernelName, PlannedKernels } from './plannedKernels.ts';
import type { Entry } from './propagation/entry.ts';
import { fed } from './propagation/feeds.ts';
import { reachedVariables } from './propagation/reached.ts';
import { kernelReading } from './propagation/reading.ts';
import { Setting } from './propagation/setting.ts';
import { isOperator } from './propagation/values.ts';
import { checkRates, type Rates } from './rates.ts';

/** What a plan is made for. */
export interface Asked {
  readonly inputs: Inputs;
  readonly output: string | undefined;
  readonly examples: Axis;
  readonly rates: Rates;
  readonly sizes: Sizes;
  readonly wanted: readonly KernelName[];
}

export interface Planning {
  readonly planned: PlannedKernels;
  readonly program: string;
  readonly output: string;
  /** The symbol of the width, where it grows. */
  readonly growing: string | undefined;
  /** The number of inputs, where the program asks for it. */
  readonly count: number | undefined;
}

/**
 * Stands for a width that grows: 2^240, of which powers by halves, thirds, quarters and fifths are exact, and what
 * vanishes beside 1 is far below rounding.
 */
const WIDE = 2 ** 240;

/** Plans that are kept of one program. */
const MOST_KEPT = 4;
const kept = new WeakMap<Program, Map<string, Planning>>();

/** The plan of a program's kernels; it depends on the shapes of the inputs alone, and on what all of them share. */
export function plannedKernels(program: Program, asked: Asked): Planning {
  const known = kept.get(program) ?? new Map<string, Planning>();
  kept.set(program, known);
  const key = keyOf(asked);
  const { first, second } = asked.inputs;
  const found = known.get(key);
  if (found !== undefined && (found.count === undefined || found.count === first + second)) return found;
  const made = plan(program, asked);
  known.set(key, made);
  if (known.size > MOST_KEPT) known.delete(required(known.keys().next().value, 'a plan'));
  return made;
}

/** What a plan depends on: data without the axis of examples, and indices, by their values. */
function keyOf({ inputs, output, examples, rates, sizes, wanted }: Asked): string {
  const data = inputs.given.map(({ name, counted, parts }) => [
    name,
    parts[0]?.axes,
    parts[0]?.shape.slice(counted ? 1 : 0),
    parts.map(({ data: values }) => (counted && !(values instanceof Int32Array) ? [] : Array.from(values))),
  ]);
  return JSON.stringify([data, output, examples, rates, sizes, wanted]);
}

function plan(program: Program, { inputs, output: named, examples, rates, sizes, wanted }: Asked): Planning {
  checkRates(program, rates);
  const tensors = joinedTensors(inputs);
  const analysis = analyze(program);
  const output = dataOutput(analysis.program, named);
  const { symbol } = analysis.widths;
  const growing = symbol !== undefined && sizes[symbol] === undefined ? symbol : undefined;
  const bound = bind(program, growing === undefined ? sizes : { ...sizes, [growing]: WIDE }, tensors);
  let asksForCount = false;
  const setting = new Setting({
    program: program.name,
    size: (space) => {
      if (space === spaceOf(examples)) asksForCount = true;
      return required(bound[space], `size of space "${space}"`);
    },
    isWidth: analysis.widths.isWidth,
    inputs: inputs.first + inputs.second,
    examples,
  });
  const entries = outputEntries(analysis, output.value, tensors, rates, setting);
  return {
    planned: new PlannedKernels(entries, wanted, setting),
    program: program.name,
    output: output.name,
    growing,
    count: asksForCount ? inputs.first + inputs.second : undefined,
  };
}

/** The entries of the output over its fixed axes. */
function outputEntries(
  analysis: Analysis,
  output: Ref,
  data: Tensors,
  rates: Rates,
  setting: Setting,
): readonly Entry[] {
  const { program } = analysis;
  const needed = neededFor(program, output);
  for (const node of needed) {
    checkExamples(node, program, setting);
    const reading = kernelReading(setting, node, (feed, own) => fed(feed, own, data, rates, setting));
    setting.keep(node, walk(node, reading));
  }
  const names = new Set(needed.map(({ name }) => name));
  const broken = analysis.violations.filter(
    ({ node, rule }) =>
      rule !== 'initial-data' && (names.has(node) || rule === 'one-width') && !setting.readouts.has(node),
  );
  if (broken.length > 0) throw errors.outsideFragment(program.name, broken);
  const value = setting.value(output);
  const entries = value.data.map((own) => {
    if (!isOperator(own)) return own;
    throw setting.refused(output, 'products with matrices', 'is an initial matrix itself');
  });
  checkReadouts(output, entries, setting);
  return entries;
}

/** A vector that is summed with values of the width must be used nowhere else behind the output. */
function checkReadouts(output: Ref, entries: readonly Entry[], setting: Setting): void {
  const reached = reachedVariables(entries);
  const rows = setting.rowsByGroup();
  for (const { group } of reached) {
    const row = rows.get(group);
    if (row?.origin.kind !== 'initial' || !reached.has(row)) continue;
    throw setting.refused(
      output,
      'readouts of their own',
      `reads out with "${row.origin.name}", which the network uses elsewhere too`,
    );
  }
}

/** The nodes behind a value, in order. */
function neededFor(program: Program, output: Ref): readonly Node[] {
  const needed = new Set<Ref>([output]);
  const nodes = program.nodes.toReversed().filter((node) => {
    if (!needed.has(node.name)) return false;
    for (const ref of operands(node.instruction)) needed.add(ref);
    return true;
  });
  return nodes.toReversed();
}

/** Examples may not meet: a network that mixes them has no kernel of two inputs. */
function checkExamples(node: Node, program: Program, setting: Setting): void {
  const { examples } = setting;
  const read = operands(node.instruction).map((ref) => setting.value(ref));
  const loses = read.some(({ axes }) => axes.includes(examples)) && !node.type.axes.includes(examples);
  const copies = node.type.axes.some((axis) => axis !== examples && spaceOf(axis) === spaceOf(examples));
  const moves = 'axis' in node.instruction && node.instruction.axis === examples;
  if (!loses && !copies && !moves) return;
  throw errors.refused(program.name, node.name, 'one example at a time', `mixes examples, the axis "${examples}"`);
}
