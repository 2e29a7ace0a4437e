/** The other side of checkProcess.ts. */

import { NexortError } from '../errors/index.ts';
import { check } from '../experiments/index.ts';
import { nodeEngine } from '../finite/node/index.ts';
import type { CheckNews, CheckOrder } from './checkProcess.ts';

/** Waits for an order, does it, and tells of it. */
export function awaitCheck(): void {
  // What a terminal sends to both is answered by the process that started this one.
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit());
  process.once('message', async (message) => {
    const { program, options } = message as CheckOrder; // from checkProcess.ts
    await send(await newsOf(program, options));
    process.disconnect();
  });
}

async function newsOf(program: CheckOrder['program'], options: CheckOrder['options']): Promise<CheckNews> {
  const engine = nodeEngine();
  try {
    const result = await check(program, {
      ...options,
      run: (bound, feeds, sizes) => engine.run(bound, feeds, sizes),
      onProgress: (share) => void send({ about: 'share', share }),
    });
    return { about: 'result', result };
  } catch (error) {
    if (error instanceof NexortError) {
      const { kind, code, message, data, stack } = error;
      return { about: 'error', error: { kind, code, message, data, stack } };
    }
    if (error instanceof Error) return { about: 'bug', message: error.message, stack: error.stack };
    return { about: 'bug', message: String(error), stack: undefined };
  }
}

/** Resolves when the news is on its way, whether or not somebody is left to read it. */
function send(news: CheckNews): Promise<void> {
  return new Promise((sent) => {
    if (process.connected) process.send?.(news, undefined, undefined, () => sent());
    else sent();
  });
}
