/** The same on the command line, for what a page should not do or a paper needs. */

import { shellWord } from '../problem/quoting.ts';
import type { CoordSpec, SweepSpec } from './spec.ts';

export function sweepArguments(spec: SweepSpec): readonly string[] {
  const { widths, rates, parametrizations, samples } = spec;
  return [
    ...netArguments(spec),
    ...['--widths', widths.map((width) => (Number.isFinite(width) ? String(width) : 'inf')).join(',')],
    ...(widths.every(Number.isFinite) ? [] : ['--samples', String(samples)]),
    ...['--rates', rates.join(','), '--parametrizations', parametrizations.join(',')],
  ];
}

export function coordArguments(spec: CoordSpec): readonly string[] {
  const { widths, rate, parametrization } = spec;
  return [
    ...netArguments(spec),
    ...['--widths', widths.join(','), '--learning-rate', String(rate), '--parametrization', parametrization],
  ];
}

const netArguments = ({
  depth,
  activation,
  optimizer,
  seed,
  seeds,
  steps,
}: SweepSpec | CoordSpec): readonly string[] => [
  ...['--depth', String(depth), '--activation', activation, '--optimizer', optimizer],
  ...['--steps', String(steps), '--seeds', String(seeds), '--seed', String(seed)],
];

/** `nexort transfer …`, in a shell's words. */
export const commandText = (name: string, words: readonly string[]): string =>
  ['nexort', name, ...words.map(shellWord)].join(' ');
