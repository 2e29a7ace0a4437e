/** What is wrong in a table of measurements, and where it begins. */

import type { Mistake } from './causes.ts';
import { growsSurely } from './judge.ts';
import type { CoordDoubt, CoordFinding, Measured, Quantity } from './result.ts';
import type { Row } from './rows.ts';

/** A measurement with its row. */
export interface Told {
  readonly row: Row;
  readonly measured: Measured;
}

/** A finding with its row. */
export interface Found {
  readonly row: Row;
  readonly finding: CoordFinding;
}

/** Above this, sizes grow. */
const GROWTH = 0.2;

/**
 * The step at which a measurement tells exponents apart by itself: sizes at initialization, and what the first step
 * changes. Later ones carry the constants of everything before, which unstable networks take long to forget.
 */
export const cleanStep = ({ changes }: Row): number => (changes ? 1 : 0);

/** What goes wrong at the first step at which anything does; the rest follows from it. */
export function firstFindings(told: readonly Told[]): Found[] {
  // Where growth is predicted, powers after the first step are sums of several, and only that they grow is told.
  const unstable = told.some(({ measured }) => predictedToGrow(measured));
  const judged = told.filter(({ measured: one }) => !isOff(one) || !unstable || one.step === 0);
  const grown = unstable
    ? told.filter(({ measured: one }) => isOff(one) && one.step > 0 && predictedToGrow(one) && grows(one))
    : [];
  const all = [...judged, ...grown].flatMap(({ row, measured }) => {
    const finding = findingOf(measured);
    return finding === undefined ? [] : [{ row, finding }];
  });
  const first = Math.min(...all.map(({ finding }) => finding.step));
  return markBeginning(all.filter(({ finding }) => finding.step === first));
}

/**
 * Where it begins: the first value in the pass forward that is not as it should be, else the last one in the pass
 * backward, else every weight that learns otherwise, for that is its own.
 */
function markBeginning(found: readonly Found[]): Found[] {
  const part = (quantities: readonly Quantity[]): Found[] =>
    found.filter(({ finding }) => quantities.includes(finding.quantity));
  const [forward, backward] = [part(['preactivation', 'change', 'product']), part(['update input'])];
  const first = Math.min(...forward.map(({ row }) => row.position));
  const last = Math.max(...backward.map(({ row }) => row.position));
  const begun =
    forward.length > 0
      ? forward.filter(({ row }) => row.position === first)
      : backward.length > 0
        ? backward.filter(({ row }) => row.position === last)
        : found;
  const layers = new Set(begun.map(({ finding }) => finding.layer));
  return found.map(({ row, finding }) => ({ row, finding: { ...finding, begins: layers.has(finding.layer) } }));
}

/** Findings with those of the causes that are in their layers; where it begins with all, if none is. */
export function withCauses(found: readonly Found[], causes: readonly (readonly Mistake[])[]): CoordFinding[] {
  const all = causes.flat();
  return found.map(({ row, finding }) => {
    const place = row.parameter ?? row.layer;
    const own = all.filter(({ where }) => where.length === 1 && where[0] === place);
    const told = own.length > 0 || !finding.begins ? own : all;
    return told.length === 0 ? finding : { ...finding, cause: told.map(({ text }) => text).join('; or ') };
  });
}

const isOff = ({ judgement }: Measured): boolean => judgement === 'differs';

function predictedToGrow({ quantity, bound, predicted = 0 }: Measured): boolean {
  return quantity !== 'update input' && !bound && predicted > GROWTH;
}

function grows(one: Measured): boolean {
  return growsSurely(one) && (one.judgement === 'agrees' || (one.exponent ?? 0) > GROWTH);
}

/** What is wrong with one measurement: another exponent than predicted, or growth, though predicted. */
function findingOf(one: Measured): CoordFinding | undefined {
  const { layer, quantity, step, exponent, interval, predicted } = one;
  const base = { layer, quantity, step, predicted, measured: exponent, interval, begins: false };
  if (predictedToGrow(one) && grows(one)) {
    return { ...base, kind: 'unstable', text: `${whatOf(one)} ${growth(exponent)}` };
  }
  if (!isOff(one)) return undefined;
  return { ...base, kind: 'differs', text: `${whatOf(one)} ${size(exponent)}, ${predictedIn(one)}` };
}

/** Of what too little has been seen, the largest errors first. */
export function doubtsOf(all: readonly Measured[]): CoordDoubt[] {
  const half = ({ interval }: Measured): number => (interval === undefined ? 0 : (interval[1] - interval[0]) / 2);
  return all
    .filter(({ judgement }) => judgement === 'unclear')
    .sort((one, other) => half(other) - half(one))
    .map((one) => {
      const { layer, quantity, step, exponent = 0 } = one;
      const text = `${whatOf(one)} is of size n^(${exponent.toFixed(2)} ± ${half(one).toFixed(2)}), ${predictedIn(one)}`;
      return { layer, quantity, step, text };
    });
}

function whatOf({ layer, quantity, step }: Measured): string {
  const when = step === 0 ? 'at initialization' : `after ${step} ${step === 1 ? 'step' : 'steps'}`;
  return `${layer}: ${quantity === 'update effect' ? `effect of update ${step + 1} on its product` : `${quantity} ${when}`}`;
}

const predictedIn = ({ predicted, bound }: Measured): string =>
  `predicted ${bound ? 'at most ' : ''}${power(predicted)}`;

const power = (exponent: number | undefined): string => (exponent === undefined ? '0' : `n^${exponent.toFixed(2)}`);

const size = (exponent: number | undefined): string =>
  exponent === Number.POSITIVE_INFINITY ? 'is not finite' : `is of size ${power(exponent)}`;

const growth = (exponent: number | undefined): string =>
  exponent === Number.POSITIVE_INFINITY
    ? 'is not finite, and predicted to grow'
    : `grows like ${power(exponent)}, as predicted`;
