/**
 * Who computes what. A claim is a folder that is made where there is none, so that one of several makers succeeds; the next
 * owner of a unit whose worker is gone makes the next one beside it, and nothing is taken away that someone may still look
 * at. Claims only save work: a unit that two compute comes out the same.
 */

import { join } from 'node:path';
import { writeAtomically } from '../atomicWrite.ts';
import { listIfThere } from '../blockStore.ts';
import * as errors from '../errors.ts';
import { failureCode } from '../failureCode.ts';
import { attempt, type FileSystem } from '../files.ts';
import { CLAIMS, claimName, doneName, parseMarked, WORK } from './names.ts';

/** What is said of a unit that is done. */
export interface DoneNote {
  readonly worker: string;
  /** Of the worker, for this unit's share of what it computed together. */
  readonly seconds: number;
}

/** The claims at one look, and those of one's own since. */
export interface ClaimsSeen {
  readonly done: Set<string>;
  /** By unit, the number of its last claim. */
  readonly claimed: Map<string, number>;
}

export class Claims {
  readonly #files: FileSystem;
  readonly #folder: string;

  constructor(files: FileSystem, run: string) {
    this.#files = files;
    this.#folder = join(run, WORK, CLAIMS);
  }

  /** @throws UserError `runs.read-failed`. */
  async look(): Promise<ClaimsSeen> {
    const done = new Set<string>();
    const claimed = new Map<string, number>();
    for (const entry of await listIfThere(this.#files, this.#folder)) {
      const found = parseMarked(entry.name);
      if (found === undefined) continue;
      const { name, number } = found;
      if (number === 'done') done.add(name);
      else claimed.set(name, Math.max(number, claimed.get(name) ?? number));
    }
    return { done, claimed };
  }

  /** Takes a unit whose claims so far end before `generation`; false where another was faster. Throws `runs.write-failed`. */
  async take(unit: string, generation: number, worker: string): Promise<boolean> {
    const claim = join(this.#folder, claimName(unit, generation));
    try {
      await this.#files.makeNewFolder(claim);
      await (await this.#files.create(join(claim, worker))).close();
      return true;
    } catch (cause) {
      if (failureCode(cause) === 'EEXIST') return false;
      throw errors.writeFailed(claim, undefined, cause);
    }
  }

  /** Who took a unit; undefined where it is not yet, or never, said. */
  async ownerOf(unit: string, generation: number): Promise<string | undefined> {
    const [owner] = await listIfThere(this.#files, join(this.#folder, claimName(unit, generation)));
    return owner?.name;
  }

  /** Says that a unit's blocks are written; `within` is a folder for unfinished files. Throws `runs.write-failed`. */
  async finish(unit: string, note: DoneNote, within: string): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(note));
    await writeAtomically(this.#files, join(this.#folder, doneName(unit)), [text], within);
  }

  /** Takes back that a unit is done, of which a block is gone. */
  async reopen(unit: string): Promise<void> {
    await attempt(this.#files.removeFile(join(this.#folder, doneName(unit))));
  }

  /** What is said of a unit that is done; undefined where it cannot be read. */
  async noteOf(unit: string): Promise<DoneNote | undefined> {
    try {
      const bytes = await this.#files.read(join(this.#folder, doneName(unit)));
      return JSON.parse(new TextDecoder().decode(bytes)) as DoneNote; // as `finish` wrote it
    } catch {
      return undefined;
    }
  }
}
