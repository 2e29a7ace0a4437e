/** The page of runs, which is loaded when it is first opened. */

import { RunsPage } from './RunsPage.tsx';
import { RunsSession } from './session.ts';

export { RunsPage, RunsSession };
export const newRunsSession = (): RunsSession => new RunsSession();
