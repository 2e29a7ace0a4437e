/** A thread that computes scramblings, one after another as it is asked. */

import { parentPort } from 'node:worker_threads';
import { required } from '../../errors/index.ts';
import { computeScrambling, type ScramblingTask } from '../index.ts';
import { type Answer, failureOf } from './jobs.ts';

const port = required(parentPort ?? undefined, 'process that started this thread');
const answer = (one: Answer): void => port.postMessage(one);

port.on('message', async (task: ScramblingTask) => {
  try {
    answer({ scrambling: await computeScrambling(task, (share) => answer({ share })) });
  } catch (error) {
    answer({ failure: failureOf(error) });
  }
});
