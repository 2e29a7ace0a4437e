/** A network becomes its limit: two parametrizations side by side, from width 16 to infinity. */

import { saveFile } from '../figure/save.ts';
import { dataFile, limitCommand } from '../problem/command.ts';
import { rowsOf } from '../problem/grid.ts';
import type { PageSpec } from '../problem/spec.ts';
import { Controls } from './Controls.tsx';
import { Side } from './Side.tsx';
import type { LimitSession } from './session.ts';
import { STORED_BY } from './stored.ts';
import { Time, WidthSlider } from './Time.tsx';
import { shownWidths } from './wanted.ts';

export function LimitPage({ session }: { readonly session: LimitSession }) {
  const spec = session.spec.value;
  return (
    <main id="main" tabIndex={-1}>
      <header class="lead">
        <h1>See a network become its limit</h1>
        <p>
          The wider a network, the less its training depends on chance. Move the slider from width 16 to infinity: the{' '}
          <span class="key infinite">limit ∞</span> and the <span class="key finite">networks of finite width</span>{' '}
          train in this page, by the same library as on the command line.
        </p>
      </header>
      <div class="stage">
        <WidthSlider session={session} />
        <Time session={session} />
        <Status session={session} />
      </div>
      <div class="layout">
        <Controls session={session} />
        {spec === undefined ? (
          <p class="empty">Something of what is given cannot be read; the message beside the field says what.</p>
        ) : (
          <div class="sides">
            <Side session={session} spec={spec} place={0} />
            <Side session={session} spec={spec} place={1} />
          </div>
        )}
      </div>
      {spec === undefined ? null : <Exports session={session} spec={spec} />}
    </main>
  );
}

function Status({ session }: { readonly session: LimitSession }) {
  const failures = session.failures.value;
  const share = session.progress.value;
  const seeds = session.spec.value?.seeds ?? 0;
  const text = session.isStored.value
    ? `Stored curves, computed by nexort ${STORED_BY}, until those that are computed here take their place (${Math.round(100 * share)} %).`
    : share < 1
      ? `Training in this page: ${Math.round(100 * share)} % done.`
      : failures.length > 0
        ? 'Not all of it could be computed; what could is shown.'
        : `Computed in this page: the limit, and ${seeds} ${seeds === 1 ? 'network' : 'networks'} of each width.`;
  return (
    <div class="status">
      <p>{text}</p>
      {failures.map((failure) => (
        <p key={failure} class="error" role="alert">
          {failure}
        </p>
      ))}
    </div>
  );
}

function Exports({ session, spec }: { readonly session: LimitSession; readonly spec: PageSpec }) {
  const widths = [...shownWidths(spec)].sort((a, b) => a - b);
  const [left, right] = spec.sides;
  const json = (): void => {
    const sides = spec.sides.map((side, place) => ({ asked: side, found: session.sides.peek()[place] }));
    saveFile('limit.json', 'application/json', `${JSON.stringify({ widths, seeds: spec.seeds, sides })}\n`);
  };
  return (
    <section class="exports">
      <h2>Take it with you</h2>
      <p>The same on the command line, where it may be larger; the numbers are those of this page.</p>
      <pre>
        <code>{`${limitCommand(left, widths, spec.seeds)}\n${limitCommand(right, widths, spec.seeds)}`}</code>
      </pre>
      <div class="buttons">
        <button type="button" onClick={() => saveFile('points.csv', 'text/csv', dataFile(left))}>
          points.csv
        </button>
        <button type="button" onClick={json}>
          Everything as JSON
        </button>
        <button type="button" onClick={() => saveFile('limit.csv', 'text/csv', outputsTable(session, spec))}>
          Outputs as CSV
        </button>
      </div>
    </section>
  );
}

/** Outputs after the last update, a row for each input, side and network. */
function outputsTable(session: LimitSession, spec: PageSpec): string {
  const lines = spec.sides.flatMap((side, place) => {
    const view = session.sides.peek()[place];
    const rows = rowsOf(side.points);
    const last = (view?.limit?.outputs.at(-1) ?? []).map(
      ({ value, standardError }, k) => `${side.parametrization},infinity,,${rows[k]?.x},${value},${standardError}`,
    );
    const networks = (view?.networks ?? []).flatMap(({ width, seed, outputs }) =>
      (outputs.at(-1) ?? []).map((value, k) => `${side.parametrization},${width},${seed},${rows[k]?.x},${value},`),
    );
    return [...last, ...networks];
  });
  return `${['parametrization,width,seed,x,output,standardError', ...lines].join('\n')}\n`;
}
