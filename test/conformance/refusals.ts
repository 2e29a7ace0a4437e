/**
 * What each interpreter refuses of the suite, and why. The map is total: a refusal that is not here fails the suite, and
 * so does an entry that no longer refuses.
 */

import { type InterpreterName, NOT_CLOSED } from './interpreters.ts';

/** A refusal: its code, some of its words, and why it is right. */
export interface Refusal {
  readonly code: string;
  readonly says: string;
  readonly why: string;
}

type Refusals = Readonly<Record<string, Refusal>>;

const OUTSIDE = 'kets.outside-fragment';
const GROWS: Refusal = {
  ...{ code: OUTSIDE, says: 'grows like n^1' },
  why: 'a sum over a width with no power of n in front has no limit (a mean has)',
};
const GROWS_SLOWLY: Refusal = {
  ...{ code: OUTSIDE, says: 'log n' },
  why: 'the logarithm of a sum of exponentials over a width grows like log n (that of their mean has a limit)',
};
const WIDE_OUTPUT: Refusal = {
  ...{ code: 'kets.unsupported', says: 'an output on two width axes' },
  why: 'n² numbers are what kets are there not to make; a mean of them is handed out (see the limits)',
};
const BOTH_COPIES: Refusal = {
  ...{ code: NOT_CLOSED, says: 'a function of both copies of the width axis is averaged over one of them' },
  why: 'a mean over both axes of a nonlinear outer product is no Gaussian expectation of one unit',
};
const COSTLY: Refusal = {
  ...{ code: NOT_CLOSED, says: 'takes more evaluations than were allowed' },
  why: 'four places that are compared or normalized together leave dimensions for which the budget of a test is too small',
};

/** Sums over widths and maxima over them: what no reading at infinite width has. */
const NO_LIMIT: Refusals = {
  'contract attention scores': GROWS,
  'contract shared in another order': GROWS,
  'contract inner product': GROWS,
  'contract matrix and vector': GROWS,
  sum: GROWS,
  'broadcast, then reduced': GROWS,
  logSumExp: GROWS_SLOWLY,
};

/** What kets at a finite width, whose outputs are handed out as they are, refuse besides. */
const AT_A_WIDTH: Refusals = {
  ...NO_LIMIT,
  'contract outer product': WIDE_OUTPUT,
  'contract gradient with a riding axis': WIDE_OUTPUT,
  broadcast: WIDE_OUTPUT,
};

export const REFUSALS: Readonly<Record<InterpreterName, Refusals>> = {
  engine: {},
  stepper: {},
  'stored kets': AT_A_WIDTH,
  'lazy kets': AT_A_WIDTH,
  'limit kets': NO_LIMIT,
  'exact limit': {
    ...NO_LIMIT,
    'contract outer product': BOTH_COPIES,
    'contract gradient with a riding axis': BOTH_COPIES,
    'sum over one of three width axes': BOTH_COPIES,
    max: COSTLY,
    softmax: COSTLY,
    inverseDeviation: COSTLY,
  },
};
