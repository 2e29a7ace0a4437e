/** What figures of a training have in common. */

import * as Plot from '@observablehq/plot';
import type { LimitSpec, PageSpec } from '../../problem/spec.ts';
import type { SideView } from '../view.ts';

/** Standard errors, to each side of a limit. */
export const BAND = 2;

export const HEIGHT = 220;
export const COMMON = {
  className: 'plot',
  height: HEIGHT,
  marginLeft: 46,
  marginRight: 14,
  marginTop: 12,
  marginBottom: 34,
} as const;

export interface At {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly name: string;
}

/** A pinned state in a figure of one side. */
export interface PinnedSide {
  /** Counted from 1, as the page does. */
  readonly number: number;
  readonly dash: string;
  readonly spec: PageSpec;
  readonly side: LimitSpec;
  readonly view: SideView;
}

export const byAt = { x: 'x', y: 'value' } as const;
export const TIP = { fill: 'var(--card)', stroke: 'var(--line)', fontSize: 12 } as const;
export const grid = (): Plot.Markish[] => [Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 })];

/** Where a quantity stands in the theory, as the last line of a hint; nothing where it is not told. */
export const standing = (formula: string, source: string | undefined): string =>
  source === undefined ? '' : `\n${formula} (${source})`;

/** A hint at what the pointer is next to. */
export function hint(points: readonly At[], title: (point: At) => string): Plot.Markish {
  return Plot.tip([...points], Plot.pointer({ ...byAt, title, ...TIP }));
}
