/** An engine that counts what it multiplies: the cost of a computation, whatever else the machine does. */

import { type Compiled, type CompiledInto, Engine, multiplications } from '../../src/finite/index.ts';
import { nodeBackend } from '../../src/finite/node/index.ts';
import type { Orders } from '../../src/finite/orders.ts';
import type { Program, Sizes } from '../../src/program/index.ts';

/** With one thread. */
export class CountedEngine extends Engine {
  /** Multiplications of contractions and scatters so far. */
  multiplied = 0;

  constructor() {
    super(nodeBackend({ threads: 1 }));
  }

  override async compile(program: Program, given: Sizes, orders: Orders = {}): Promise<Compiled> {
    const { sizes, run } = await super.compile(program, given, orders);
    const work = multiplications(program, sizes);
    return {
      sizes,
      run: (feeds) => {
        this.multiplied += work;
        return run(feeds);
      },
    };
  }

  override async compileInto(program: Program, given: Sizes, orders: Orders = {}): Promise<CompiledInto> {
    const { sizes, into } = await super.compileInto(program, given, orders);
    const work = multiplications(program, sizes);
    return {
      sizes,
      into: (results) => {
        const run = into(results);
        return (feeds) => {
          this.multiplied += work;
          return run(feeds);
        };
      },
    };
  }
}
