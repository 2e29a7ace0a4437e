/** Figures as people read them. */

import type { Environment } from './machine.ts';
import type { Timing } from './serve.ts';
import type { Estimate } from './statistics.ts';

/** A share as a person reads it. */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

export const gibibytes = (bytes: number, digits = 1): string => `${(bytes / 2 ** 30).toFixed(digits)} GiB`;

export const times = ({ wall, cpu }: Timing): string => `${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU`;

/** A median with its interval; `shown` writes its numbers. */
export function interval(
  { median, low, high, coverage }: Estimate,
  shown: (value: number) => string = (value) => value.toFixed(2),
): string {
  return `${shown(median)}  [${shown(low)}, ${shown(high)}] at ${percent(coverage)}`;
}

/** Where figures were measured. */
export function machineLine({ processor, cores, memoryBytes, system, node, commit }: Environment): string {
  return `${processor}, ${cores} cores, ${gibibytes(memoryBytes)}, ${system}, node ${node}, ${commit}`;
}
