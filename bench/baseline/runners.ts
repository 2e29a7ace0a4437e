/** What takes turns beside a baseline: processes alone, one for each run, and runs of one that stays. */

import type { Runner } from '../harness/rounds.ts';
import type { Description, Timing } from '../harness/serve.ts';
import { type Command, Side } from '../harness/side.ts';

/** What a process alone gave. */
export interface Alone extends Description {
  readonly answer: readonly number[];
  readonly timing: Timing;
  /** Largest resident set of the process, its start included. */
  readonly peakBytes: number;
}

/** A process of its own for every run: each is the first of a process that has loaded the library. */
export class AloneRunner implements Runner {
  readonly #command: (k: number) => Command;
  readonly #runs: Alone[] = [];
  #side: Side | undefined;
  #started = 0;

  /** Process k, from 0 on, is that of `command(k)`. */
  constructor(command: (k: number) => Command) {
    this.#command = command;
  }

  get runs(): readonly Alone[] {
    return this.#runs;
  }

  /** Ends the last process and starts the next one. */
  async prepare(): Promise<void> {
    await this.stop();
    this.#side = new Side(this.#command(this.#started++));
    await this.#side.ask('describe');
  }

  async run(): Promise<Timing> {
    const side = this.#side;
    if (side === undefined) throw new Error('a process alone runs before it is prepared');
    const timing = await side.run();
    const { bytes: peakBytes } = await side.ask('peak');
    const described = await side.ask('describe');
    const { values } = await side.ask('answer');
    this.#runs.push({ ...described, answer: values, timing, peakBytes });
    return timing;
  }

  async stop(): Promise<void> {
    await this.#side?.stop();
    this.#side = undefined;
  }
}

/** So many runs of a side as one. */
export function repeated(side: Runner, times: number): Runner {
  return {
    prepare: () => side.prepare(),
    run: async () => {
      let [wall, cpu] = [0, 0];
      for (let k = 0; k < times; k++) {
        const timing = await side.run();
        wall += timing.wall;
        cpu += timing.cpu;
      }
      return { wall, cpu };
    },
  };
}
