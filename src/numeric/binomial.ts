import { normalQuantile } from './normalQuantile.ts';

/**
 * Wilson's interval for a share that was found on so many independent trials: the shares p of which the one found is not
 * further than z√(p(1 − p)/n). Unlike the share ± its standard error, it is never empty and stays within 0 and 1.
 *
 * Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", J. Am. Stat. Assoc. 22
 * (1927). `share` may be any number from 0 to 1, such as a mean over draws; `level` is the probability to cover.
 */
export function wilsonInterval(share: number, trials: number, level = 0.95): readonly [number, number] {
  const z = normalQuantile((1 + level) / 2);
  const center = share + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2);
  const scale = 1 + z ** 2 / trials;
  return [Math.max(0, (center - half) / scale), Math.min(1, (center + half) / scale)];
}
