/** What the phase diagram of a classification shows. */

import { counted } from '../errors/wording/index.ts';
import {
  type Classification,
  classify,
  type Exponent,
  finite,
  MUP,
  minus,
  NTP,
  negated,
  printExponent,
  printPower,
  SP,
  signOf,
  toNumber,
  uniform,
  withRate,
} from '../parametrizations/index.ts';
import type { PhaseData, PhasePoint } from '../report/index.ts';

/** The given parametrization among the named ones, each where the size of its readout and its r put it. */
export function phaseData(result: Classification): PhaseData {
  const { parametrization, optimizer, depth, regime } = result;
  const options = { depth, optimizer };
  const named: [string, Classification][] = [
    ['µP', classify(MUP, options)],
    ['NTP', classify(NTP, options)],
    ['UP_1/4', classify(uniform('1/4'), options)],
  ];
  const { largestStableRate: largest } = classify(SP, options);
  if (largest !== undefined) {
    const stable = classify(withRate(SP, largest), options);
    named.push([`SP, rate ${powerOf(largest)}`, stable]);
    // r falls with the rate's exponent, one for one.
    const moving = minus(largest, stable.r);
    const other = classify(withRate(SP, moving), options);
    if (signOf(stable.r) > 0 && signOf(other.r) === 0) {
      named.push([`SP, rate ${powerOf(moving)}`, other]);
    }
  }
  const points = named.flatMap(([name, one]) => pointOf(name, one));
  return {
    title: `${parametrization.name} with ${optimizer.name}, ${counted(depth, 'hidden layer')}`,
    verdict: `${regime}, r = ${printExponent(result.r).replace('-', '−')}`,
    given: pointOf(parametrization.name, result)[0],
    named: points,
  };
}

function pointOf(name: string, { readout, r }: Classification): PhasePoint[] {
  return finite(readout) && finite(r) ? [{ name, readout: toNumber(readout), r: toNumber(r) }] : [];
}

/** `n^(−3/2)`, with the minus sign of figures. */
const powerOf = (rate: Exponent): string => printPower(negated(rate)).replace('-', '−');
