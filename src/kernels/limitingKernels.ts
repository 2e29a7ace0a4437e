/** NNGP and NTK of programs in closed form. */

import { walk } from '../entries/index.ts';
import { required } from '../errors/index.ts';
import type { Matrix } from '../numeric/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  bind,
  type Node,
  nodesOf,
  operands,
  type Program,
  type Ref,
  type Sizes,
  spaceOf,
  type Tensors,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { joinedInputs } from './inputs.ts';
import { ofAllPairs } from './ofAllPairs.ts';
import type { Entry } from './propagation/entry.ts';
import { fed, type Rates } from './propagation/feeds.ts';
import { reachedVariables } from './propagation/reached.ts';
import { kernelReading } from './propagation/reading.ts';
import { Setting } from './propagation/setting.ts';
import { isOperator } from './propagation/values.ts';

export interface KernelOptions {
  /** Inputs by the name of the program's data, on the axis of examples and further ones. */
  readonly x1: Tensors;
  /** Inputs of the other side; those of x1 if absent, and the kernels are symmetric. */
  readonly x2?: Tensors;
  /** The output whose kernels are asked for; the only one if absent. */
  readonly output?: string;
  /** The axis of the data that counts examples; default `batch`. */
  readonly examples?: Axis;
  /**
   * Sizes by symbol. With a size of the width, powers of it that are left over (in the tangent kernel of the standard
   * parametrization, say) are those of this size; without one they must vanish or cancel.
   */
  readonly sizes?: Sizes;
  /**
   * By parameter, what multiplies its share of the tangent kernel: its step size over a common one, a number or one with
   * powers of sizes, n^(d − c) in an abcd-parametrization that is trained by SGD. Default 1.
   */
  readonly rates?: Rates;
}

/** Kernels of the pairs of inputs, [x1, x2]. */
export interface LimitingKernels {
  readonly nngp: Matrix;
  readonly ntk: Matrix;
}

/**
 * Stands for a width that grows: 2^240, of which powers by halves, thirds, quarters and fifths are exact, and what
 * vanishes beside 1 is far below rounding.
 */
const WIDE = 2 ** 240;
/** What is larger grows with the width. */
const LARGE = 2 ** 40;
/**
 * The limits of a program's kernels as its width grows (theory 2 and 7): with f the output at initialization,
 *
 *     nngp(x, x′) = E f(x) f(x′),   ntk(x, x′) = E Σ_θ rate_θ ∂f(x)/∂θ ∂f(x′)/∂θ,
 *
 * of one coordinate of a width that the output has, and the mean over its fixed axes. Weights are drawn as their laws
 * say; each parameter is trained at its rate in the program's own coordinates, so that multipliers count.
 *
 * Throws {@link UserError} `kernels.not-given`, `kernels.unknown-data`, `kernels.wrong-axes`, `kernels.no-inputs`,
 * `kernels.other-size`, `kernels.other-count`, `kernels.not-finite`, `kernels.unknown-output`, `kernels.unknown-rate`,
 * `kernels.outside-fragment`, `kernels.grows`; {@link UnsupportedError} `kernels.refused`, `kernels.not-closed`.
 */
export function limitingKernels(program: Program, options: KernelOptions): LimitingKernels {
  const { examples = 'batch', rates = {}, sizes = {} } = options;
  checkRates(program, rates);
  const analysis = analyze(program);
  const output = outputOf(analysis.program, options.output);
  const { data, first, second } = joinedInputs(program, options.x1, options.x2, examples);
  const { symbol } = analysis.widths;
  const growing = symbol !== undefined && sizes[symbol] === undefined ? symbol : undefined;
  const bound = bind(program, growing === undefined ? sizes : { ...sizes, [growing]: WIDE }, data);
  const setting = new Setting({
    program: program.name,
    size: (space) => required(bound[space], `size of space "${space}"`),
    isWidth: analysis.widths.isWidth,
    inputs: first + second,
    examples,
  });
  const entries = outputEntries(analysis, output.value, data, rates, setting);
  const kernels = ofAllPairs(entries, first, second, setting);
  if (growing !== undefined) {
    for (const which of ['nngp', 'ntk'] as const) {
      if (kernels[which].data.some((value) => Math.abs(value) > LARGE)) {
        throw errors.grows(program.name, output.name, which, growing);
      }
    }
  }
  return kernels;
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

function outputOf(program: Program, given: string | undefined): Program['outputs'][number] {
  const outputs = program.outputs.filter(({ role }) => role === 'data');
  const found =
    given === undefined ? (outputs.length === 1 ? outputs[0] : undefined) : outputs.find(({ name }) => name === given);
  if (found !== undefined) return found;
  throw errors.unknownOutput(
    program.name,
    given,
    outputs.map(({ name }) => name),
  );
}

function checkRates(program: Program, rates: Rates): void {
  const known = nodesOf(program, 'parameter').map(({ name }) => name);
  for (const name of Object.keys(rates)) if (!known.includes(name)) throw errors.unknownRate(program.name, name, known);
}
