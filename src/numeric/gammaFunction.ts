/**
 * What the laws of Student and Pearson need of the gamma function.
 *
 * ln Γ(x) = (x − ½) ln x − x + ½ ln 2π + μ(x) with Stirling's μ(x) ~ Σ B_2k / (2k(2k − 1) x^(2k−1)).
 */

/** From here on seven terms of Stirling's series leave less than 2^-60. */
const STIRLING_START = 16;

/** μ(x) for x ≥ 16, to about 1e-18 absolute. */
function stirlingRemainder(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  let series = 1 / 156;
  series = series * square - 691 / 360360;
  series = series * square + 1 / 1188;
  series = series * square - 1 / 1680;
  series = series * square + 1 / 1260;
  series = series * square - 1 / 360;
  series = series * square + 1 / 12;
  return series * inverse;
}

/** Γ(a + ½)/Γ(a) for a > 0, to about 1e-15 relative for any a: as √a where it is large. */
export function gammaHalfStep(a: number): number {
  let shifted = a;
  let factor = 1;
  for (; shifted < STIRLING_START; shifted++) factor *= shifted / (shifted + 0.5);
  const remainder = stirlingRemainder(shifted + 0.5) - stirlingRemainder(shifted);
  return factor * Math.sqrt(shifted) * Math.exp(shifted * Math.log1p(0.5 / shifted) - 0.5 + remainder);
}

/** x^a e^(−x)/Γ(a + 1) for a > 0 and x > 0, to about 1e-15·√a relative near x = a: no difference of large logarithms. */
export function poissonWeight(a: number, x: number): number {
  if (a >= STIRLING_START) {
    const excess = (x - a) / a;
    return Math.exp(a * (Math.log1p(excess) - excess) - stirlingRemainder(a)) / Math.sqrt(2 * Math.PI * a);
  }
  return Math.exp(a * Math.log(x) - x) / smallGamma(a + 1);
}

/** Γ(a) for 0 < a < 17. */
function smallGamma(a: number): number {
  let shifted = a;
  let factor = 1;
  for (; shifted < STIRLING_START; shifted++) factor *= shifted;
  const power = Math.exp((shifted - 0.5) * Math.log(shifted) - shifted + stirlingRemainder(shifted));
  return (Math.sqrt(2 * Math.PI) * power) / factor;
}
