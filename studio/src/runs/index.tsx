/** The page of runs, which is loaded when it is first opened. */

import { SentencesSession } from '../sentences/session.ts';
import { sentencesPool } from '../work/pools.ts';
import { RunsPage } from './RunsPage.tsx';
import { RunsSession } from './session.ts';

export { RunsPage, RunsSession };

/** The model lies beside the pages. */
export const newRunsSession = (): RunsSession =>
  new RunsSession(new SentencesSession(sentencesPool(), new URL('model/', location.href.replace(/#.*$/, '')).href));
