/** Sessions of one backend: equal programs at equal sizes share one, whatever they are called. */

import { type Program, type Sizes, textKey } from '../program/index.ts';
import type { Backend, BackendSession } from './backend.ts';
import { lower } from './lower.ts';
import type { Orders } from './orders.ts';

/** A session with its own names of the program's outputs. */
export interface Loaded {
  readonly session: BackendSession;
  readonly ids: Readonly<Record<string, string>>;
}

/** A session that is used together with others, until all have given it back. */
export interface Borrowed extends Loaded {
  /** Whether it has been released over its users' heads. */
  readonly isReleased: () => boolean;
  giveBack(): Promise<void>;
}

interface Shared {
  readonly loading: Promise<Loaded>;
  users: number;
  released: boolean;
}

export class Sessions {
  readonly #backend: Backend;
  readonly #kept = new Map<string, Promise<Loaded>>();
  readonly #lent = new Map<string, Shared>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The session of a program, which stays until all are released; `writing` where its results go to given arrays. */
  keep(program: Program, sizes: Sizes, orders: Orders, writing = false): Promise<Loaded> {
    const key = `${writing} ${keyOf(program, sizes, orders)}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const loading = this.#load(program, sizes, orders, { writing, keepMemory: false });
    this.#kept.set(key, loading);
    // What failed may go through another time.
    loading.catch(() => this.#kept.delete(key));
    return loading;
  }

  /** The session of a program that runs over and over: with memory of its own, copying no results, until given back. */
  async borrow(program: Program, sizes: Sizes, orders: Orders): Promise<Borrowed> {
    const key = keyOf(program, sizes, orders);
    const shared = this.#lent.get(key) ?? {
      loading: this.#load(program, sizes, orders, { writing: true, keepMemory: true }),
      users: 0,
      released: false,
    };
    this.#lent.set(key, shared);
    shared.users++;
    const giveBack = async (): Promise<void> => {
      shared.users--;
      if (shared.users > 0 || shared.released) return;
      shared.released = true;
      if (this.#lent.get(key) === shared) this.#lent.delete(key);
      await (await shared.loading).session.release();
    };
    try {
      return { ...(await shared.loading), isReleased: () => shared.released, giveBack };
    } catch (reason) {
      if (this.#lent.get(key) === shared) this.#lent.delete(key);
      throw reason;
    }
  }

  async #load(
    program: Program,
    sizes: Sizes,
    orders: Orders,
    { writing, keepMemory }: { readonly writing: boolean; readonly keepMemory: boolean },
  ): Promise<Loaded> {
    const { model, outputs } = lower(program, sizes, orders, {
      noCopies: writing && this.#backend.copiesResults === true,
      firstResults: this.#backend.firstResults === true,
    });
    const session = await this.#backend.load(model, { keepMemory });
    return { session, ids: outputs };
  }

  /** Releases every session, those that are lent too. */
  async release(): Promise<void> {
    const lent = [...this.#lent.values()];
    for (const shared of lent) shared.released = true;
    const loading = [...this.#kept.values(), ...lent.map((shared) => shared.loading)];
    this.#kept.clear();
    this.#lent.clear();
    for (const loaded of await Promise.allSettled(loading)) {
      // Those that did not load were told of where they were asked for.
      if (loaded.status === 'fulfilled') await loaded.value.session.release();
    }
  }
}

/** Programs that differ by their name alone are equal. */
function keyOf(program: Program, sizes: Sizes, orders: Orders): string {
  return textKey([{ ...program, name: '' }, sizes, orders]);
}
