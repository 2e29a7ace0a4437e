/** What the figures of a training show, whether it was computed just now or stored. */

import type { Point } from '../problem/spec.ts';
import type { LimitRun, NetworkRun, NetworkStep } from '../work/train.ts';

export interface Banded {
  readonly value: number;
  readonly standardError: number;
}

/** The infinite network by step. */
export interface LimitView {
  readonly outputs: readonly (readonly Banded[])[];
  readonly losses: readonly Banded[];
  /** By layer and step; absent of what is stored. */
  readonly kernels?: readonly (readonly (readonly Banded[])[])[];
  readonly scramblings: number;
  readonly kind: string;
}

/** One network as far as it has trained. */
export interface NetworkView {
  readonly width: number;
  readonly seed: number;
  readonly outputs: readonly (readonly number[])[];
  readonly losses: readonly number[];
  /** By step and layer; absent of what is stored. */
  readonly kernels?: readonly (readonly (readonly number[])[])[];
  readonly divergedAt?: number;
}

/** One side of the page. */
export interface SideView {
  readonly limit?: LimitView;
  readonly networks: readonly NetworkView[];
}

export function limitView({ path, kernels, scramblings }: LimitRun): LimitView {
  const { kind, outputs, losses = [] } = path;
  return { kind, outputs, losses, kernels, scramblings };
}

export function networkView(run: NetworkRun): NetworkView {
  return run;
}

/** A network with one step more. */
export function grown(view: NetworkView, { outputs, loss, kernels }: NetworkStep): NetworkView {
  return {
    ...view,
    outputs: [...view.outputs, outputs],
    losses: [...view.losses, loss],
    kernels: [...(view.kernels ?? []), kernels],
  };
}

/** Networks of a width that have not diverged. */
export const ofWidth = ({ networks }: SideView, width: number): readonly NetworkView[] =>
  networks.filter((one) => one.width === width);

export const widthsOf = ({ networks }: SideView): readonly number[] =>
  [...new Set(networks.map(({ width }) => width))].sort((a, b) => a - b);

/** `11 of 12`: how many points have an output of the sign of their class. */
export function rightShare(outputs: readonly number[], points: readonly Point[]): string {
  const right = points.filter((point, k) => Math.sign(outputs[k] ?? 0) === point.class).length;
  return `${right} of ${points.length}`;
}

/** ‖K_t − K_0‖ / ‖K_0‖, Frobenius norms. */
export function movement(start: readonly number[], now: readonly number[]): number {
  const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  return norm(now.map((value, k) => value - (start[k] ?? Number.NaN))) / norm(start);
}
