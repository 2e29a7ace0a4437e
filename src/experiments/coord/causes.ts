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

/** What one mistake is called, and where it is. */
export interface Mistake {
  readonly text: string;
  /** Parameters; of scores, what their layer is called. */
  readonly where: readonly string[];
}

/** By how much a forgotten or doubled power is usually off. */
export const SHIFTS = [-1, -0.5, 0.5, 1];

const WORDS: Readonly<Record<keyof Exponents, string>> = {
  a: 'multiplier',
  b: 'initialization',
  c: 'learning rate',
  d: 'scale of the gradient (or of ε)',
};

/** How mistakes are told. */
export const mistaken = (name: keyof Exponents, of: string, shift: number): string =>
  `${WORDS[name]} of ${of}: ${name} is off by ${signed(shift)}`;
export const zeroAtStart = (of: string): string => `initialization of ${of}: it starts at zero`;
export const outputMistaken = (shift: number): string => `multiplier of the output: it is off by ${signed(shift)}`;

/**
 * The mistakes in one exponent of one parameter, or of the output's multiplier, under which `fits` holds, in groups that
 * no measurement can tell apart: all that fit, for they fit the same measurements. Between them the program can answer
 * signals: a deep network has thousands, each classified anew.
 */
export async function explain(
  parametrization: Parametrization,
  net: Net,
  fits: (candidate: Parametrization) => boolean,
): Promise<readonly (readonly Mistake[])[]> {
  const found: Mistake[] = [];
  const fitsNow = async (candidate: Parametrization): Promise<boolean> => {
    await new Promise((resume) => setTimeout(resume));
    return fits(candidate);
  };
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
        if (await fitsNow(candidate))
          found.push({ text: mistaken(name, parameter.name, shift), where: [parameter.name] });
      }
    }
    const zero = {
      ...parametrization,
      parameters: { ...parametrization.parameters, [parameter.name]: { ...own, b: NEVER } },
    };
    if (await fitsNow(zero)) found.push({ text: zeroAtStart(parameter.name), where: [parameter.name] });
  }
  for (const shift of SHIFTS) {
    const out = shifted(parametrization.out, shift);
    if (out !== undefined && (await fitsNow({ ...parametrization, out })))
      found.push({ text: outputMistaken(shift), where: net.layers.slice(-1).map(({ parameter }) => parameter) });
  }
  return found.length === 0 ? [] : [found];
}

function shifted(value: Exponent, by: number): Exponent | undefined {
  const number = value.denominator === 0 ? undefined : value.numerator / value.denominator;
  return number === undefined ? undefined : exponent(number + by);
}

/** `+1`, `-0.5`. */
export const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
