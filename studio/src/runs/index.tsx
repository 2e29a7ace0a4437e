/** The page of runs, which is loaded when it is first opened. */

import { isOneFile } from '../memory.ts';
import { SentencesSession } from '../sentences/session.ts';
import { modelPool } from '../work/pools.ts';
import { LiveParts } from './live.ts';
import { RunsPage } from './RunsPage.tsx';
import { RunsSession } from './session.ts';

export { RunsPage, RunsSession };

/** The model lies beside the pages. */
export function newRunsSession(): RunsSession {
  // One file holds no language model.
  if (isOneFile()) return new RunsSession({ model: __MODEL__ });
  const [pool, folder] = [modelPool(), new URL('model/', location.href.replace(/#.*$/, '')).href];
  return new RunsSession({
    sentences: new SentencesSession(pool, folder),
    live: new LiveParts(pool, folder, __MODEL__),
    model: __MODEL__,
  });
}
