/** Starts the studio: reads the link, shows its page, and writes what changes back into the link. */

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { LimitPage } from './limit/LimitPage.tsx';
import { limitLink, tellLimit } from './limit/link.ts';
import { LimitSession } from './limit/session.ts';
import { type PageName, readLink, writeLink } from './link.ts';
import { heldLink, recall, remember } from './memory.ts';
import { PhasePage } from './phase/PhasePage.tsx';
import { PhaseSession } from './phase/session.ts';
import { messageOf } from './problem/read.ts';
import type { ProgramSession } from './program/index.tsx';
import type { RunsSession } from './runs/index.tsx';
import { App } from './shell/App.tsx';
import type { TransferSession } from './transfer/index.tsx';
import { limitPool } from './work/pools.ts';

const page = signal<PageName>('limit');
const problem = signal<string | undefined>(undefined);
const pool = limitPool();
const limit = new LimitSession(pool);
const phase = new PhaseSession();
/** Pages that are loaded when they are opened. */
type Lazy<Module, Session> = { readonly module: Module; readonly session: Session };
const program = signal<Lazy<typeof import('./program/index.tsx'), ProgramSession> | undefined>(undefined);

const runs = signal<Lazy<typeof import('./runs/index.tsx'), RunsSession> | undefined>(undefined);

const transfer = signal<Lazy<typeof import('./transfer/index.tsx'), TransferSession> | undefined>(undefined);

async function openTransfer(told: Readonly<Record<string, string>>): Promise<void> {
  try {
    const module = await import('./transfer/index.tsx');
    const opened = transfer.peek() ?? { module, session: module.newTransferSession() };
    opened.session.tell(told);
    transfer.value = opened;
  } catch (error) {
    problem.value = notLoaded(error);
  }
}

async function openRuns(told: Readonly<Record<string, string>>): Promise<void> {
  try {
    const module = await import('./runs/index.tsx');
    const opened = runs.peek() ?? { module, session: module.newRunsSession() };
    await opened.session.tell(told);
    runs.value = opened;
  } catch (error) {
    problem.value = notLoaded(error);
  }
}

const notLoaded = (error: unknown): string =>
  `The page did not load: ${messageOf(error)}. Is nexort studio still running?`;

async function openProgram(told: Readonly<Record<string, string>>): Promise<void> {
  try {
    const module = await import('./program/index.tsx');
    const session = program.peek()?.session ?? module.newProgramSession();
    problem.value = session.tell(told);
    program.value = { module, session };
  } catch (error) {
    problem.value = notLoaded(error);
  }
}

/** Follows the address, or where none is given the last session. */
function follow(hash: string): void {
  const { place, problem: told } = readLink(hash);
  problem.value = told;
  page.value = place.page;
  if (place.page === 'limit') {
    tellLimit(limit, place.told);
  } else if (place.page === 'phase') phase.tell(place.told);
  else if (place.page === 'program') void openProgram(place.told);
  else if (place.page === 'transfer') void openTransfer(place.told);
  else void openRuns(place.told);
}

/** The address of what is shown. */
function address(): string {
  if (page.value === 'phase') return writeLink({ page: 'phase', told: phase.told.value }, phase.usual);
  if (page.value === 'transfer') {
    const session = transfer.value?.session;
    return session === undefined
      ? location.hash
      : writeLink({ page: 'transfer', told: session.told.value }, session.usual);
  }
  if (page.value === 'runs') {
    const session = runs.value?.session;
    return session === undefined ? location.hash : writeLink({ page: 'runs', told: session.told.value }, session.usual);
  }
  if (page.value === 'program') {
    const session = program.value?.session;
    return session === undefined
      ? location.hash
      : writeLink({ page: 'program', told: session.told.value }, session.usual);
  }
  return limitLink(limit);
}

/** Changes within so many milliseconds, as of one drag, are one place to go back to. */
const SETTLED = 600;
let pushed = 0;

/** Without where the time stands, which is no place to go back to. */
const withoutTime = (link: string): string => link.replace(/&time=\d+/, '');

follow(location.hash === '' ? (heldLink() ?? recall() ?? '') : location.hash);
addEventListener('hashchange', () => follow(location.hash));
addEventListener('popstate', () => follow(location.hash));
effect(() => {
  const link = address();
  if (link === location.hash || limit.playing.value) return;
  const isMoved = withoutTime(link) !== withoutTime(location.hash) && location.hash !== '';
  if (isMoved && Date.now() - pushed > SETTLED) history.pushState(null, '', link);
  else history.replaceState(null, '', link);
  if (isMoved) pushed = Date.now();
  remember(link);
});
// What nobody sees does not train.
document.addEventListener('visibilitychange', () => {
  limit.paused = document.hidden;
  if (document.hidden) limit.playing.value = false;
});

const Empty = () => <main id="main" tabIndex={-1} />;

function Pages() {
  if (page.value === 'phase') return <PhasePage session={phase} />;
  if (page.value === 'limit') return <LimitPage session={limit} />;
  if (page.value === 'transfer') {
    const opened = transfer.value;
    return opened === undefined ? <Empty /> : <opened.module.TransferPage session={opened.session} />;
  }
  if (page.value === 'runs') {
    const opened = runs.value;
    return opened === undefined ? <Empty /> : <opened.module.RunsPage session={opened.session} />;
  }
  const opened = program.value;
  return opened === undefined ? (
    <main id="main" tabIndex={-1} />
  ) : (
    <opened.module.ProgramPage session={opened.session} />
  );
}

const root = document.getElementById('studio');
if (root !== null) {
  root.replaceChildren();
  render(
    <App page={page} problem={problem}>
      <Pages />
    </App>,
    root,
  );
}
