/**
 * E f(u) g(v) for jointly Gaussian u, v of mean 0, as a function of Var u, Cov(u, v), Var v.
 *
 * Factors e^(−decay u²/2) change the Gaussian law and leave a constant (below, `tilted`); powers of u without a function
 * are regressed on v; what is left is a dual activation with a formula, or a quadrature in two variables.
 */

import {
  type Formula,
  formula,
  minus,
  plus,
  productOf,
  quotientOf,
  root,
  two,
  valueAt,
  where,
} from '../../numeric/wasm/formulas/index.ts';
import { mul } from '../../program/index.ts';
import { densities, dualFormula, ofVariances } from './duals.ts';
import { expressionOf, type GaussianFunction } from './functions.ts';
import { gaussianMoment, moment, quadrature } from './moments.ts';
import type { MomentRule, PairFormula, PairQuadrature, PairRule } from './rules.ts';
import { smoothOf } from './smooth.ts';
import { meanInPlane } from './trapezoid.ts';

type PairFunction = PairQuadrature['of'];

/** Pairs whose mean is 0, or the other way round the derivative of one another: E sin u cos v = 0. */
const orthogonal: ReadonlySet<string> = new Set(['sin,cos', 'cos,sin']);

/** The mean of a product. Quadratures throw {@link UnsupportedError} `kernels.not-closed`. */
export function pairMean(f: GaussianFunction, g: GaussianFunction): PairRule {
  if (f.decay > 0 && f.decay === g.decay && isDensity(f) && isDensity(g)) {
    return { kind: 'formula', pair: densities(f.decay) };
  }
  if (f.decay !== 0 || g.decay !== 0) return tilted(f, g);
  if (f.rest === undefined) return ofPower(f.power, g, false);
  if (g.rest === undefined) return ofPower(g.power, f, true);
  if (f.power === 0 && g.power === 0) {
    const dual = f.name !== undefined && f.name === g.name ? dualFormula(f.name) : undefined;
    if (dual !== undefined) return { kind: 'formula', pair: dual };
    if (orthogonal.has(`${f.name},${g.name}`)) return { kind: 'formula', pair: ofVariances(() => formula(0)) };
  }
  return byQuadrature(f, g);
}

/** Whether it is e^(−decay u²/2) alone. */
function isDensity({ power, rest }: GaussianFunction): boolean {
  return power === 0 && rest === undefined;
}

/** E u^power g(v), or with u and v swapped. */
function ofPower(power: number, { power: other, rest, name }: GaussianFunction, swapped: boolean): PairRule {
  if (power === 1 && other === 1 && rest === undefined) return { kind: 'formula', pair: ofVariances((_, uv) => uv) };
  const moments = Array.from({ length: power + 1 }, (_, k) => moment(other + k, rest, name));
  return { kind: 'regressed', swapped, moments };
}

/** Σ over k of (power over k) slope^k E v^k g(v) E left^(power − k): u = slope v + (what is independent of v). */
export function regression(uu: Formula, uv: Formula, vv: Formula, moments: readonly Formula[]): Formula {
  const power = moments.length - 1;
  const slope = where(two('atMost', vv, formula(0)), 0, quotientOf(uv, vv));
  const left = two('max', 0, minus(uu, productOf(slope, uv)));
  let [total, slopes, choose] = [formula(0), formula(1), 1];
  moments.forEach((own, k) => {
    total = plus(total, productOf(productOf(choose, productOf(slopes, own)), gaussianMoment(power - k, left)));
    slopes = productOf(slopes, slope);
    choose = (choose * (power - k)) / (k + 1);
  });
  return total;
}

/**
 * The density of (u, v) times e^(−(p u² + q v²)/2) is that of a Gaussian law of precision Σ⁻¹ + diag(p, q), times
 * det(1 + diag(p, q) Σ)^(−1/2). Where that is not positive the mean does not exist, and the result is ∞.
 */
function tilted(f: GaussianFunction, g: GaussianFunction): PairRule {
  const [p, q] = [f.decay, g.decay];
  const inner = pairMean({ ...f, decay: 0 }, { ...g, decay: 0 });
  const law: PairLaw = (uu, uv, vv) => {
    const rest = two('max', 0, minus(productOf(uu, vv), productOf(uv, uv)));
    const determinant = plus(plus(1, plus(productOf(p, uu), productOf(q, vv))), productOf(p * q, rest));
    const least = two('min', two('min', plus(1, productOf(p, uu)), plus(1, productOf(q, vv))), determinant);
    return {
      determinant,
      exists: two('less', formula(0), least),
      uu: quotientOf(plus(uu, productOf(q, rest)), determinant),
      uv: quotientOf(uv, determinant),
      vv: quotientOf(plus(vv, productOf(p, rest)), determinant),
    };
  };
  const whole = inner.kind === 'regressed' ? wholeRegression(inner) : inner;
  if (whole.kind === 'formula') {
    const { side, of } = whole.pair;
    return {
      kind: 'formula',
      pair: ofVariances((uu, uv, vv) => {
        const own = law(uu, uv, vv);
        const value = quotientOf(of(side.of(own.uu), own.uv, side.of(own.vv)), root(own.determinant));
        return where(own.exists, value, Number.POSITIVE_INFINITY);
      }),
    };
  }
  return withSeries(f, g, (uu, uv, vv) => {
    const { exists, determinant, ...own } = law(formula(uu), formula(uv), formula(vv));
    const [isThere, factor, a, c, b] = [exists, determinant, own.uu, own.uv, own.vv].map((part) => valueAt(part, []));
    if (isThere !== 1) return Number.POSITIVE_INFINITY;
    return whole.of(Number(a), Number(c), Number(b)) / Math.sqrt(Number(factor));
  });
}

/** The tilted law, the determinant in front of it, and whether it is one. */
type PairLaw = (
  uu: Formula,
  uv: Formula,
  vv: Formula,
) => Readonly<Record<'uu' | 'uv' | 'vv' | 'determinant' | 'exists', Formula>>;

/** A regression with the moments of every pair. */
function wholeRegression({
  moments,
  swapped,
}: Extract<PairRule, { kind: 'regressed' }>): Exclude<PairRule, { kind: 'regressed' }> {
  const closed = moments.flatMap((own) => (own.kind === 'formula' ? [own.of] : []));
  const inOrder = (of: PairFormula['of']): PairFormula['of'] => (swapped ? (uu, uv, vv) => of(vv, uv, uu) : of);
  if (closed.length === moments.length) {
    return {
      kind: 'formula',
      pair: ofVariances(
        inOrder((uu, uv, vv) =>
          regression(
            uu,
            uv,
            vv,
            closed.map((own) => own(vv)),
          ),
        ),
      ),
    };
  }
  return {
    kind: 'function',
    of: (uu, uv, vv) => {
      const [a, b] = swapped ? [vv, uu] : [uu, vv];
      const values = moments.map((own) => formula(momentAt(own, b)));
      return valueAt(regression(formula(a), formula(uv), formula(b), values), []);
    },
  };
}

/** E f(v) for one variance. */
export function momentAt(rule: MomentRule, variance: number): number {
  return rule.kind === 'function' ? rule.of(variance) : valueAt(rule.of(formula(variance)), []);
}

/** Most values remembered of one pair of functions: inputs of equal norms ask for the same ones often. */
const MOST_REMEMBERED = 100_000;

function byQuadrature(f: GaussianFunction, g: GaussianFunction): PairRule {
  const expr = mul(expressionOf(f, 0), expressionOf(g, 1));
  return withSeries(f, g, (uu, uv, vv) => quadrature(expr, [uu, uv, uv, vv]));
}

/** Analytic functions have a series and the trapezoid rule, and `otherwise` where these do not reach. */
function withSeries(f: GaussianFunction, g: GaussianFunction, otherwise: PairFunction): PairRule {
  const [a, b] = [smoothOf(f), smoothOf(g)];
  const smooth = a === undefined || b === undefined ? undefined : ([a, b] as const);
  const known = new Map<string, number>();
  const of: PairFunction = (uu, uv, vv) => {
    const key = `${uu},${uv},${vv}`;
    const own = known.get(key) ?? (smooth && meanInPlane(...smooth, uu, uv, vv)) ?? otherwise(uu, uv, vv);
    if (known.size < MOST_REMEMBERED) known.set(key, own);
    return own;
  };
  return smooth === undefined ? { kind: 'function', of } : { kind: 'function', of, smooth };
}
