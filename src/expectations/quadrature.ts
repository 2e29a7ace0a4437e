/** The mean of a function of a few independent standard Gaussian variables, by the method that its smoothness allows. */

import { required } from '../errors/index.ts';
import { entry } from '../numeric/index.ts';
import { type Budget, budgeted } from './budget.ts';
import type { Cuts, Plane } from './cuts.ts';
import type { Integrand } from './integrand.ts';
import { ballOf, latticeMean } from './lattice.ts';
import { LINE_REACH, lineMean } from './line.ts';
import { cutCoordinates, mixedMean } from './mixed.ts';
import { nestedMean, REACH } from './nested.ts';
import { notAccurate, tooManyDimensions } from './notClosed.ts';
import type { Estimate } from './panels.ts';

/** A value and how far it may be off. */
export interface Approximation {
  readonly value: number;
  readonly error: number;
}

/** Where a function of `dimension` coordinates is not smooth. */
export interface Shape {
  readonly dimension: number;
  readonly kinks: readonly Plane[];
  readonly sharp: readonly Plane[];
  /** Functions that vanish on the kinks which lie on no plane. */
  readonly curvedKinks: readonly Integrand[];
}

/** More variables than this are not integrated over, and as many only where most are smooth. */
const MOST_DIMENSIONS = 4;
/** Evaluations: a lattice in four dimensions, or nested integrals in three, take a few seconds. */
const MOST_EVALUATIONS = 2 ** 24;
const LATTICE_POINTS = [0, 0, 200_000, 6_000_000, 14_000_000];
/** Largest error, relative to E |f|, with which a value counts as exact. */
const ACCURACY = 1e-10;

/** A mean of this share of E |f| is rounding: odd functions have the mean 0, not 1e-17. */
const ROUNDING = 1e-14;

/** E f(ξ) and how far it may be off. Throws Unclosed where that is not within 1e-10 of E |f|. */
export function gaussianMean(f: Integrand, shape: Shape, budget: Budget): Approximation {
  const { dimension } = shape;
  if (dimension > MOST_DIMENSIONS) throw tooManyDimensions(dimension);
  const counted = budgeted(f, dimension, MOST_EVALUATIONS, budget);
  if (dimension === 0) {
    const values = new Float64Array(1);
    counted(new Float64Array(0), new Float64Array(1), values);
    return { value: entry(values, 0), error: Number.EPSILON * Math.abs(entry(values, 0)) };
  }
  const { value, error, magnitude } = estimate(counted, shape);
  if (!(error <= ACCURACY * magnitude)) throw notAccurate(dimension, error / magnitude);
  const least = Number.EPSILON * magnitude;
  return { value: Math.abs(value) <= ROUNDING * magnitude ? 0 : value, error: Math.max(error, least) };
}

function estimate(f: Integrand, { dimension, kinks, sharp, curvedKinks }: Shape): Estimate {
  const cuts: Cuts = { planes: [...kinks, ...sharp], curves: curvedKinks };
  if (dimension === 1) {
    ballOf(f, 1, LINE_REACH);
    return lineMean(f, cuts);
  }
  const kinked = kinks.length > 0 || curvedKinks.length > 0;
  const ball = ballOf(f, dimension, REACH);
  const smooth = kinked
    ? undefined
    : latticeMean(f, dimension, ball, required(LATTICE_POINTS[dimension], `lattice of ${dimension} dimensions`));
  if (smooth !== undefined && smooth.error <= ACCURACY * ball.magnitude) return smooth;
  const across = cutCoordinates(cuts.planes);
  if (curvedKinks.length === 0 && across > 0 && across < dimension) return mixedMean(f, dimension, cuts, ball);
  if (dimension === MOST_DIMENSIONS) throw tooManyDimensions(dimension);
  return nestedMean(f, dimension, cuts, ball.magnitude);
}
