/** What training gives: plain data, but for the state. */

import type { Tensors } from '../program/index.ts';
import type { Divergence } from './divergence.ts';
import type { Evaluation } from './evaluation.ts';

/** The network after so many steps, on data held out. */
export interface Evaluated extends Evaluation {
  readonly step: number;
}

/** What a training gives: losses, evaluations, how it ended. */
export interface TrainResult {
  /** `stopped` where its evaluations were told to end it. */
  readonly status: 'finished' | 'stopped' | 'diverged';
  /** Steps done, those before it was resumed included. */
  readonly steps: number;
  /** The step that it went on from; 0 for a training from the start. */
  readonly resumedAt: number;
  /** By step, each before its update. */
  readonly losses: readonly number[];
  /** By steps done. */
  readonly evaluations: readonly Evaluated[];
  /** The evaluation of the least loss, the first of equals; null where there is none. */
  readonly best: Evaluated | null;
  /** What went wrong first, where it diverged. */
  readonly divergence: Divergence | null;
  /** Of this call alone. */
  readonly seconds: number;
}

/** What a training gives, and the state that it ends in. */
export interface Trained {
  readonly result: TrainResult;
  /** After the last step; of a training that diverged, the last that was seen to be finite. */
  readonly state: Tensors;
}
