/** Gradient clipping by the norm of all gradients together, before any optimizer sees them (Pascanu et al. 2013). */

import {
  add,
  argument,
  div,
  type Expr,
  extend,
  minimum,
  mul,
  type Program,
  unary,
  type Value,
  type Writer,
} from '../program/index.ts';
import { badSettings, noGradients, outOfDomain } from './errors.ts';
import { writeSquaredNorm } from './limits.ts';

/** What torch.nn.utils.clip_grad_norm_ adds to the norm before it divides by it. */
const LIBRARY_EPSILON = 1e-6;

/** The common beginning of the names of gradients among the outputs of a program. */
const PREFIX = 'g.';

/**
 * The program with its gradients, the outputs `g.PARAMETER` that `denseGradients` makes, multiplied by
 * min(1, θ/(ν + 10⁻⁶)), ν being the norm of all of them together, as PyTorch does; ν is handed out as `gradientNorm`.
 *
 * Throws {@link UserError} `optimizers.no-gradients`, `optimizers.settings`.
 */
export function clipGradients(program: Program, threshold: number): Program {
  const gradients = program.outputs.filter(({ name, role }) => role === 'data' && name.startsWith(PREFIX));
  if (gradients.length === 0)
    throw noGradients(
      program.name,
      program.outputs.map(({ name }) => name),
    );
  return extend({ ...program, outputs: [] }, (writer) => {
    const given = new Map(gradients.map(({ name, value }) => [name, writer.value(value)]));
    const { clipped, norm } = writeClipped(writer, given, threshold);
    for (const { name, value, role } of program.outputs)
      writer.output(name, (role === 'data' ? clipped.get(name) : undefined) ?? writer.value(value), role);
    writer.output(NORM, norm);
  });
}

/** The name of the norm among the outputs. */
const NORM = 'gradientNorm';

/**
 * Gradients by name, one at least, multiplied by one factor, so that their common norm is at most θ, and that norm as it
 * was, the value `gradientNorm`.
 */
export function writeClipped(
  writer: Writer,
  gradients: ReadonlyMap<string, Value>,
  threshold: number,
): { readonly clipped: Map<string, Value>; readonly norm: Value } {
  if (!(Number.isFinite(threshold) && threshold > 0))
    throw badSettings('clipping of gradients', [outOfDomain('threshold', threshold, 'a number above 0')]);
  const squares = [...gradients.values()].map((gradient) => writeSquaredNorm(writer, gradient));
  const total = squares.map((_, k): Expr => argument(k)).reduce((sum, square) => add(sum, square));
  const norm = writer.map(unary('sqrt', total), squares, writer.free(NORM));
  const share = writer.map(
    minimum(1, div(threshold, add(argument(0), LIBRARY_EPSILON))),
    [norm],
    writer.free('clipping'),
  );
  const scaled = (gradient: Value): Value =>
    writer.map(mul(argument(1), argument(0)), [gradient, share], writer.free(`${gradient.name}.clipped`));
  return { clipped: new Map([...gradients].map(([name, gradient]) => [name, scaled(gradient)])), norm };
}
