/** A classification as a JSON object: exponents are numbers, null is n^(-∞). */

import {
  type Change,
  type Classification,
  type Clipping,
  type Exponent,
  type Exponents,
  finite,
  type Repair,
  scalesOf,
  toNumber,
} from '../parametrizations/index.ts';

/** The object that `nexort classify --json` prints; with scales where a width is given. */
export function classificationJson(result: Classification, width?: number): object {
  const { parametrization, depth, optimizer, clipping, layers, reasons, sizes, names, members } = result;
  const { stable, stableAtStart, faithful, faithfulAtStart, faithfulNeeded, nontrivial, regime } = result;
  return {
    parametrization: parametrization.name,
    depth,
    optimizer: optimizer.name,
    scaleInvariant: result.rule.scaleInvariant,
    clipping: optionOf(clipping),
    ...(parametrization.baseWidth === undefined ? {} : { baseWidth: parametrization.baseWidth }),
    stable,
    faithful,
    nontrivial: nontrivial ?? null,
    regime,
    r: exponentNumber(result.r),
    stableAtStart,
    faithfulAtStart,
    faithfulNeeded,
    reasons: reasons.map(({ name, condition, holds, harmful, layer, layers: all, left, right, exponent, text }) => ({
      layer,
      layers: all,
      condition,
      name,
      holds,
      harmful,
      left: exponentNumber(left),
      right: exponentNumber(right),
      exponent: exponentNumber(exponent),
      text,
    })),
    layers: layers.map(({ layer, kind, exponents, rate, r }) => ({
      layer,
      kind,
      ...exponentsJson(exponents),
      effectiveRate: exponentNumber(rate),
      r: exponentNumber(r),
      ...(width === undefined ? {} : { scales: scalesOf(parametrization, exponents, { width }) }),
    })),
    sizes: sizes.map(({ step, output, outputChange, layers: all }) => ({
      step,
      output: exponentNumber(output),
      outputChange: exponentNumber(outputChange),
      layers: all.map(({ layer, ...size }) => ({ layer, ...exponentNumbers(size) })),
    })),
    largestStableRate: result.largestStableRate === undefined ? null : exponentNumber(result.largestStableRate),
    names,
    members: members.map(({ gauge, layers: all }) => ({ zero: gauge, layers: all.map(exponentsJson) })),
    repair: repairJson(result.repair),
    maximal: repairJson(result.maximal),
  };
}

/** What the command's option calls a kind of clipping: `normalize-by-weight`. */
export function optionOf(clipping: Clipping): string {
  return clipping.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function repairJson(repair: Repair | undefined): object | null {
  if (repair === undefined) return null;
  const { regime, distance, changes, layers } = repair;
  return {
    regime,
    distance: exponentNumber(distance),
    changes: changes.map(changeJson),
    layers: layers.map(exponentsJson),
  };
}

const changeJson = ({ layer, exponent, from, to }: Change): object => ({
  layer,
  exponent,
  ...(exponent === 'b'
    ? { from: startNumber(from), to: startNumber(to) }
    : { from: exponentNumber(from), to: exponentNumber(to) }),
});

/** a, b, c, d as numbers. */
export const exponentsJson = ({ a, b, c, d }: Exponents): object => ({
  a: exponentNumber(a),
  b: startNumber(b),
  c: exponentNumber(c),
  d: exponentNumber(d),
});

const exponentNumbers = (sizes: Readonly<Record<string, Exponent>>): object =>
  Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, exponentNumber(size)]));

const exponentNumber = (exponent: Exponent): number | null => (finite(exponent) ? toNumber(exponent) : null);

/** b as a file has it. */
const startNumber = (b: Exponent): number | 'zero' => (finite(b) ? toNumber(b) : 'zero');
