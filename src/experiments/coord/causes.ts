/** Single mistakes in a parametrization that would explain measured sizes. */

import type { Net } from '../../nets/index.ts';
import {
  type Exponent,
  type Exponents,
  exponent,
  exponentsFor,
  NEVER,
  type Parametrization,
} from '../../parametrizations/index.ts';

/** By how much a forgotten or doubled power is usually off. */
const SHIFTS = [-1, -0.5, 0.5, 1];

const WORDS: Readonly<Record<keyof Exponents, string>> = {
  a: 'multiplier',
  b: 'initialization',
  c: 'learning rate',
  d: 'scale of the gradient (or of ε)',
};

/**
 * The mistakes in one exponent of one parameter, or of the output's multiplier, under which `fits` holds, in groups that
 * no measurement can tell apart: all that fit, for they fit the same measurements.
 */
export function explain(
  parametrization: Parametrization,
  net: Net,
  fits: (candidate: Parametrization) => boolean,
): readonly (readonly string[])[] {
  const found: string[] = [];
  for (const parameter of net.parameters) {
    const own = exponentsFor(parametrization, parameter);
    for (const name of ['a', 'b', 'c', 'd'] as const) {
      for (const shift of SHIFTS) {
        const changed = shifted(own[name], shift);
        if (changed === undefined) continue;
        const candidate = {
          ...parametrization,
          parameters: { ...parametrization.parameters, [parameter.name]: { ...own, [name]: changed } },
        };
        if (fits(candidate)) found.push(`${WORDS[name]} of ${parameter.name}: ${name} is off by ${signed(shift)}`);
      }
    }
    const zero = {
      ...parametrization,
      parameters: { ...parametrization.parameters, [parameter.name]: { ...own, b: NEVER } },
    };
    if (fits(zero)) found.push(`initialization of ${parameter.name}: it starts at zero`);
  }
  for (const shift of SHIFTS) {
    const out = shifted(parametrization.out, shift);
    if (out !== undefined && fits({ ...parametrization, out }))
      found.push(`multiplier of the output: it is off by ${signed(shift)}`);
  }
  return found.length === 0 ? [] : [found];
}

function shifted(value: Exponent, by: number): Exponent | undefined {
  const number = value.denominator === 0 ? undefined : value.numerator / value.denominator;
  return number === undefined ? undefined : exponent(number + by);
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
