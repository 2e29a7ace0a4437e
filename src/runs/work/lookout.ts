/**
 * Who of the workers is gone. What counts is that a heartbeat changes, timed by the clock of the one who looks: clocks of
 * different machines are never compared, and none has to be right. Processes of this machine are looked up besides.
 */

import { join } from 'node:path';
import { listIfThere } from '../blockStore.ts';
import type { FileSystem } from '../files.ts';
import { isGone, ownMark } from '../processes.ts';
import type { WorkerCard } from './heart.ts';
import { beatName, parseMarked, WORK, WORKERS } from './names.ts';

export interface LookoutOptions {
  readonly files: FileSystem;
  readonly run: string;
  /** A worker whose heartbeat stands still for so long is gone. */
  readonly patienceSeconds: number;
  /** Milliseconds of a clock that only rises. */
  readonly now?: () => number;
}

interface Seen {
  readonly beat: number;
  readonly at: number;
  readonly card: WorkerCard | undefined;
}

export class Lookout {
  readonly #options: LookoutOptions;
  readonly #now: () => number;
  readonly #own = ownMark();
  #workers = new Map<string, Seen>();
  /** Since when a claim's worker is not to be seen, by claim. */
  readonly #unseen = new Map<string, number>();

  constructor(options: LookoutOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Workers that are there, gone or not. */
  get workers(): ReadonlyMap<string, { readonly beat: number; readonly card: WorkerCard | undefined }> {
    return this.#workers;
  }

  /** Looks at all heartbeats; what workers say of themselves is read by {@link know}. Throws UserError `runs.read-failed`. */
  async look(): Promise<void> {
    const { files, run } = this.#options;
    const found = new Map<string, Seen>();
    for (const entry of await listIfThere(files, join(run, WORK, WORKERS))) {
      const marked = parseMarked(entry.name);
      if (marked === undefined || marked.number === 'done') continue;
      const { name, number: beat } = marked;
      const before = this.#workers.get(name);
      found.set(name, before?.beat === beat ? before : { beat, at: this.#now(), card: before?.card });
    }
    this.#workers = found;
  }

  /** Reads what a worker says of itself, or what all do: which processes they are, and how often they beat. */
  async know(worker?: string): Promise<void> {
    for (const name of worker === undefined ? [...this.#workers.keys()] : [worker]) {
      const seen = this.#workers.get(name);
      if (seen === undefined || seen.card !== undefined) continue;
      const card = await this.#cardOf(name, seen.beat);
      this.#workers.set(name, Object.assign({}, seen, { card }));
    }
  }

  /** Whether a worker, as last looked at, is gone or has been silent for too long; `claim` is what it holds. */
  isSilent(worker: string | undefined, claim: string): boolean {
    const seen = worker === undefined ? undefined : this.#workers.get(worker);
    if (seen === undefined) {
      // It has ended, or is not to be seen from here yet: folders of networks show what is new with a delay.
      const since = this.#unseen.get(claim) ?? this.#now();
      this.#unseen.set(claim, since);
      return this.#isOver(since, ABSENT_SHARE);
    }
    this.#unseen.delete(claim);
    return this.isGone(seen) || this.#isOver(seen.at, 1);
  }

  /** Whether a worker's process is known to have ended. */
  isGone({ card }: Pick<Seen, 'card'>): boolean {
    return card !== undefined && isGone(card.mark, this.#own);
  }

  #isOver(since: number, share: number): boolean {
    return this.#now() - since >= 1000 * share * this.#options.patienceSeconds;
  }

  async #cardOf(worker: string, beat: number): Promise<WorkerCard | undefined> {
    try {
      const bytes = await this.#options.files.read(join(this.#options.run, WORK, WORKERS, beatName(worker, beat)));
      return JSON.parse(new TextDecoder().decode(bytes)) as WorkerCard; // as its worker wrote it
    } catch {
      // It has beaten meanwhile; its card is read at the next look.
      return undefined;
    }
  }
}

/** The share of the patience after which a worker that is not there is gone. */
const ABSENT_SHARE = 1 / 3;
