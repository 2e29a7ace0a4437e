/** What workers compute of a run, whatever kind it is. */

/** A part of a run that one worker computes at a time. */
export interface WorkUnit {
  /** Letters, digits and `._+=@-`. */
  readonly name: string;
  /** The blocks that it is done with. */
  readonly blocks: readonly string[];
  /** Its share of the work, in any unit. */
  readonly work: number;
  /** Whether others read its blocks: all workers look for it first, and it is taken alone. */
  readonly first?: boolean;
}

/** What a job may ask of the other workers while it computes. */
export interface Others {
  /** Waits until a unit is done; false where nobody who is there has it in hand. Throws UserError `runs.read-failed`. */
  finished(unit: string): Promise<boolean>;
}

/** The work of one run, open in this process. */
export interface WorkJob<Unit extends WorkUnit = WorkUnit> {
  readonly units: readonly Unit[];
  /** Whether several units cost less together than one after another. */
  readonly together: boolean;
  /** Computes units and writes their blocks; `over` is called with each that is done. */
  compute(units: readonly Unit[], over: (unit: Unit) => Promise<void>, others: Others): Promise<void>;
  close(): Promise<void>;
}

/** Where a worker begins, not where it ends. */
export interface WorkShare {
  /** The share of the units before the first one that it looks at, at least 0 and below 1. */
  readonly start: number;
  /** How many workers there are, if it is known. */
  readonly of?: number;
}
