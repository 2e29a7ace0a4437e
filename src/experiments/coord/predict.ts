/** What a coordinate check expects: sizes predicted by the classification, or what stability asks of any network. */

import type { Net } from '../../nets/index.ts';
import {
  classify,
  type Exponents,
  equal,
  equivalentExponents,
  exponentsFor,
  MUP,
  type Parameter,
  type Parametrization,
  plus,
  toNumber,
  type UpdateRule,
} from '../../parametrizations/index.ts';
import type { LossName } from '../../training/index.ts';
import type { Row } from './rows.ts';
import { multipliedBy, plainlyHeard, scoresOf, usesOf, widthsSummed } from './structure.ts';

/** An exponent of the width, to be met or not to be exceeded; undefined where the size is exactly 0. */
export interface Expected {
  readonly exponent: number | undefined;
  readonly atMost: boolean;
}

/** What is expected of a row after so many steps. */
export type Predictor = (row: Row, step: number) => Expected;

const exactly = (exponent: number): Expected => ({
  exponent: Number.isFinite(exponent) ? exponent : undefined,
  atMost: false,
});
const atMost = (exponent: number): Expected => ({ exponent, atMost: true });
const NOTHING: Expected = { exponent: undefined, atMost: false };

/** Sizes of a multilayer perceptron of so many hidden layers. */
export function classified(
  parametrization: Parametrization,
  depth: number,
  rule: UpdateRule,
  loss: LossName,
): Predictor {
  const growingErrors = loss === 'squared';
  const { sizes } = classify(parametrization, { depth, optimizer: rule, growingErrors });
  return ({ index, quantity }, step) => {
    const atStep = sizes[Math.min(step, sizes.length - 1)];
    const layer = atStep?.layers[index];
    if (atStep === undefined || layer === undefined) return NOTHING;
    const { preactivation, preactivationChange, updateInput, updateEffect } = layer;
    const found = {
      preactivation,
      change: preactivationChange,
      product: preactivation,
      'update effect': updateEffect,
      'update input': updateInput,
    }[quantity];
    // A trained value is what it was plus its change, and at small widths the smaller power may be the larger part.
    const later = quantity === 'preactivation' || quantity === 'product' || quantity === 'update effect';
    return { ...exactly(toNumber(found)), atMost: later && step > 0 };
  };
}

export interface StableOptions {
  readonly rule: UpdateRule;
  readonly loss: LossName;
}

/**
 * Of any other network: stability lets nothing grow, and in the maximal update parametrization every layer changes by
 * order 1. At initialization weights are independent of what they multiply, so that all layers start at order 1, an
 * output that reads a weight used nowhere else at n^(1/2 − out − a − b) exactly, and the cotangents of what lies below are
 * of the size of that readout (theory 6, faithfulness): updates of a weight see n^(d − a − out − a' − b'), a' and b' those
 * of the readout. Where the way back leads through averages of independent values, as from the scores of attention to
 * queries and keys, it may be less; and later what is correlated by training adds to it.
 * In the maximal update parametrization the first update of every weight adds order 1 to its product.
 */
export function stable(parametrization: Parametrization, net: Net, { rule, loss }: StableOptions): Predictor {
  const top = multipliedBy(net);
  const maximal = isMaximal(parametrization, net, rule, top);
  const start = outputStart(parametrization, net, top);
  const seen = updateInputs(parametrization, net, top);
  const signal = loss === 'squared' ? Math.max(0, start ?? 0) : 0;
  // What is independent now and goes together once it is learnt must be averaged, so that it does not grow then.
  const independent = new Set(scoresOf(net).flatMap((one) => (maximal && one.independent ? [one.value] : [])));
  const effect = (parameter = ''): Expected => {
    const exponent = seen.get(parameter);
    // Nothing is learnt of a gradient that is 0; a small one is made up for by rules that do not mind sizes.
    if (exponent === Number.NEGATIVE_INFINITY) return NOTHING;
    return { exponent: 0, atMost: exponent === undefined && !rule.scaleInvariant };
  };
  return ({ quantity, output, parameter, changes }, step) => {
    if (quantity === 'update input') {
      const exponent = step === 0 && parameter !== undefined ? seen.get(parameter) : undefined;
      return exponent === undefined ? atMost(0) : exactly(exponent + signal);
    }
    if (quantity === 'update effect') return step === 0 && maximal ? effect(parameter) : atMost(0);
    if (changes) {
      if (step === 0) return NOTHING;
      return { exponent: 0, atMost: !maximal || parameter === undefined };
    }
    if (output === top && start !== undefined) return step === 0 ? exactly(start) : atMost(Math.max(0, start));
    if (independent.has(output) && step === 0) return exactly(-0.5);
    const loose = step > 0 || output === top || output === net.layers.at(-1)?.preactivation || parameter === undefined;
    return { exponent: 0, atMost: loose };
  };
}

/** Whether every parameter trains as in µP; the output's multiplier counts as one of a weight that only it reads. */
export function isMaximal(
  parametrization: Parametrization,
  net: Net,
  rule: UpdateRule,
  top = multipliedBy(net),
): boolean {
  const readout = soleReader(net, top);
  const whole = (p: Parametrization, parameter: Parameter): Exponents => {
    const own = exponentsFor(p, parameter);
    return parameter.name === readout ? { ...own, a: plus(own.a, p.out) } : own;
  };
  return (
    (readout !== undefined || equal(parametrization.out, MUP.out)) &&
    net.parameters.every((one) => equivalentExponents(whole(parametrization, one), whole(MUP, one), rule))
  );
}

/** The weight that the output reads and nothing else does. */
function soleReader(net: Net, top: string): string | undefined {
  const uses = usesOf(net);
  const [readout, ...more] = uses.filter(({ values }) => values.includes(top));
  if (readout === undefined || more.length > 0 || readout.values.length > 1) return undefined;
  return uses.filter(({ parameter }) => parameter === readout.parameter).length > 1 ? undefined : readout.parameter;
}

function exponentsNamed(parametrization: Parametrization, { parameters }: Net, name: string): Exponents | undefined {
  const parameter = parameters.find((one) => one.name === name);
  return parameter === undefined ? undefined : exponentsFor(parametrization, parameter);
}

/** The exponent of the output at initialization where the weight that it reads is used nowhere else; else undefined. */
function outputStart(parametrization: Parametrization, net: Net, top: string): number | undefined {
  const readout = soleReader(net, top);
  const exponents = readout === undefined ? undefined : exponentsNamed(parametrization, net, readout);
  if (exponents === undefined) return undefined;
  const { a, b } = exponents;
  return widthsSummed(net.program, top) / 2 - toNumber(parametrization.out) - toNumber(a) - toNumber(b);
}

/** Exponents of what updates see at initialization, of the parameters of which that is known. */
function updateInputs(parametrization: Parametrization, net: Net, top: string): Map<string, number> {
  const known = new Map<string, number>();
  const uses = usesOf(net);
  const [readout, ...more] = uses.filter(({ values }) => values.includes(top));
  const last = readout === undefined ? undefined : exponentsNamed(parametrization, net, readout.parameter);
  if (readout === undefined || last === undefined || more.length > 0) return known;
  const heard = plainlyHeard(net);
  const scale = -toNumber(parametrization.out);
  for (const { name } of net.parameters) {
    const exponents = exponentsNamed(parametrization, net, name);
    if (exponents === undefined || !heard.has(name)) continue;
    const ways = uses.filter(({ parameter }) => parameter === name);
    const sizes = ways.flatMap((use) => {
      const below = use !== readout || use.values.length > 1 ? [-toNumber(last.a) - toNumber(last.b)] : [];
      return use === readout ? [0, ...below] : below;
    });
    known.set(name, toNumber(exponents.d) - toNumber(exponents.a) + scale + Math.max(...sizes));
  }
  return known;
}
