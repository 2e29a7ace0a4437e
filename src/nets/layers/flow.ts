/** What goes from layer to layer: channels, in one part or several, over places. */

import type { Axis, Value } from '../../program/index.ts';

/** Channels of one space. */
export interface Part {
  readonly value: Value;
  readonly channel: Axis;
  readonly channels: number;
}

/** One axis of places. */
export interface Places {
  /** What it is called, whatever its length: `time`, `row`, `column`. */
  readonly name: string;
  readonly axis: Axis;
  readonly length: number;
}

export interface Flow {
  /** Channels one after the other; those of different spaces are not one axis. */
  readonly parts: readonly Part[];
  readonly places: readonly Places[];
  /** Whether places count as channels from here on. */
  readonly flat: boolean;
}

export const channelsOf = ({ parts }: Flow): number => parts.reduce((total, { channels }) => total + channels, 0);

export const axesOf = ({ places }: Flow): readonly Axis[] => places.map(({ axis }) => axis);
