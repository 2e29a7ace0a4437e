/** What jobs of workers have in common: what each is told, and how it reads its run's command. */

import { Command } from 'commander';
import { required } from '../../errors/index.ts';
import type { WorkJob } from '../../runs/index.ts';

/** What a worker is told, whatever the run. */
export interface WorkerContext {
  /** The run folder, an absolute path. */
  readonly run: string;
  readonly scratch: string;
  readonly sameMachines: boolean;
  /** Threads, where the run's plan leaves them open. */
  readonly threads?: number;
  readonly onNotice: (text: string) => void;
}

/** Opens a run's work, from the words of its command. */
export type OpenJob = (words: readonly string[], context: WorkerContext) => Promise<WorkJob>;

/** What a command is told by words, without running it. */
export async function givenBy<Given>(
  add: (program: Command, act: (given: Given) => Promise<void>) => void,
  words: readonly string[],
): Promise<Given> {
  const program = new Command('nexort').exitOverride();
  let found: Given | undefined;
  add(program, async (given) => {
    found = given;
  });
  await program.parseAsync([...words], { from: 'user' });
  return required(found, `command ${words[0]}`);
}
