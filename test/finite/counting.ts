/** A backend that counts the models it holds. */

import type { Backend } from '../../src/finite/index.ts';
import { nodeBackend } from '../../src/finite/node/index.ts';

export class CountingBackend implements Backend {
  readonly name = 'counting';
  readonly copiesResults = true;
  loaded = 0;
  released = 0;
  readonly #backend = nodeBackend({ threads: 1 });

  async load(...options: Parameters<Backend['load']>): ReturnType<Backend['load']> {
    const session = await this.#backend.load(...options);
    this.loaded++;
    return {
      run: (feeds, outputs) => session.run(feeds, outputs),
      prepare: (held, into) => session.prepare(held, into),
      release: () => {
        this.released++;
        return session.release();
      },
    };
  }
}
