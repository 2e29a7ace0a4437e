/**
 * A network's program under a parametrization: laws, multipliers and the output's multiplier with their powers of n.
 * They are those of IVb 2.2.
 */

import {
  argument,
  type Exponent,
  type Expr,
  finite,
  type Law,
  mapped,
  minus,
  mul,
  negated,
  operands,
  type Program,
  raised,
  rewrite,
  signOf,
  sizePower,
  ZERO,
} from '../program/index.ts';
import { SP } from './named.ts';
import { exponentsFor, type Parameter, type ParameterKind, type Parametrization } from './parametrization.ts';

/** What `parametrized` writes powers of the width into: parameters with their kinds, and the output. */
export interface ParametrizedOptions {
  readonly parametrization: Parametrization;
  readonly parameters: readonly Parameter[];
  /** The output that n^(-out) multiplies. */
  readonly output: string;
  /** The value that it multiplies instead, where biases are added to it before it is the output. */
  readonly multiplied?: string;
  /** The width that n is; default `n`. */
  readonly width?: string;
}

/** n^exponent, n being the width over the base width. */
export function powerOf(value: Exponent, { baseWidth = 1 }: Parametrization, width = 'n'): Expr {
  return mul(raised(baseWidth, negated(value)), sizePower(width, value));
}

/**
 * W = n^(-a) w with w ~ N(0, n^(-2b)), and f multiplied by n^(-out) (IVb 2.2). Values keep their names: what used w now
 * uses W.
 *
 * With a base width, n is the width over it, and deviations have what the standard parametrization gives at the base
 * width in front: there every parametrization is the standard network.
 */
export function parametrized(program: Program, options: ParametrizedOptions): Program {
  const { parametrization, parameters, output, width = 'n' } = options;
  const known = new Map(parameters.map((parameter) => [parameter.name, exponentsFor(parametrization, parameter)]));
  const kinds = new Map(parameters.map(({ name, kind }) => [name, kind]));
  const last = options.multiplied ?? program.outputs.find(({ name }) => name === output)?.value;
  return rewrite(program, (node, writer) => {
    const { name, instruction } = node;
    if (instruction.op === 'parameter') {
      const b = known.get(name)?.b;
      if (b === undefined) return undefined;
      return { ...instruction, law: scaledLaw(instruction.law, b, parametrization, width, kinds.get(name)) };
    }
    const factors = operands(instruction).flatMap((ref) => {
      const exponents = known.get(ref);
      return exponents === undefined ? [] : [powerOf(negated(exponents.a), parametrization, width)];
    });
    if (name === last) factors.push(powerOf(negated(parametrization.out), parametrization, width));
    const factor = factors.reduce<Expr>((product, next) => mul(product, next), { op: 'constant', value: 1 });
    if (factor.op === 'constant' && factor.value === 1) return undefined;
    return mapped(node, writer, { expr: mul(factor, argument(0)), before: 'unscaled' });
  });
}

/** A law with its deviation times n^(-b), and the standard one at the base width; b = +∞ is zero. */
function scaledLaw(
  law: Law,
  b: Exponent,
  { baseWidth }: Parametrization,
  width: string,
  kind: ParameterKind = 'scalar',
): Law {
  if (law.kind === 'constant') return law;
  if (!finite(b)) return { kind: 'constant', value: 0 };
  const power = negated(b);
  const standard = negated(SP.kinds[kind]?.b ?? ZERO);
  const scale = baseWidth === undefined ? law.scale : law.scale * raised(baseWidth, minus(standard, power));
  const powers = signOf(power) === 0 ? law.powers : [...law.powers, { space: width, exponent: power }];
  return { ...law, scale, powers };
}
