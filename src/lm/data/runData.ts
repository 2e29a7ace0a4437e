/** What a run fits, chooses and scores on, wherever it comes from. */

import type { Draw } from './draws.ts';
import type { Example } from './example.ts';
import type { Fingerprint } from './fingerprint.ts';

/** The examples of a run. */
export interface RunData {
  /** In the order of the seeds. */
  readonly draws: readonly Draw[];
  /** The same for all draws. */
  readonly test: readonly Example[];
  readonly source: DataSource;
  /** File and line of each example that comes from a file, for messages. */
  readonly places: ReadonlyMap<Example, string>;
}

/** Where a run's examples come from, in plain data for its record. */
export interface DataSource {
  /** Format and treatment in words. */
  readonly description: string;
  /** Every file that was read. */
  readonly files: readonly Fingerprint[];
  /** The examples of each label, in the task's order. */
  readonly classes: readonly ClassCount[];
  /** What a reader of results should know about the data; usually nothing. */
  readonly notes: readonly string[];
}

/** How many examples a label has. */
export interface ClassCount {
  readonly name: string;
  /** In the pool that is drawn from; of draws that were made elsewhere, different ones in all their parts. */
  readonly train: number;
  readonly test: number;
}
