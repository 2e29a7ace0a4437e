/** A network becomes its limit: two parametrizations side by side, from width 16 to infinity. */

import { useEffect } from 'preact/hooks';
import { ExportMenu } from '../figure/ExportMenu.tsx';
import { limitCommand } from '../problem/command.ts';
import type { PageSpec } from '../problem/spec.ts';
import { Controls } from './Controls.tsx';
import { openResult } from './opened.ts';
import { PinButton, Pins } from './Pins.tsx';
import { Side } from './Side.tsx';
import type { LimitSession } from './session.ts';
import { STORED_BY } from './stored.ts';
import { Time, WidthSlider } from './Time.tsx';
import { shownWidths } from './wanted.ts';

export function LimitPage({ session }: { readonly session: LimitSession }) {
  const spec = session.spec.value;
  usePinKey(session);
  return (
    <main
      id="main"
      tabIndex={-1}
      onDragOver={(event) => event.preventDefault()}
      onDropCapture={(event) => opened(event, session)}
    >
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
        <div class="under">
          <Status session={session} />
          <div class="buttons tools">
            <PinButton session={session} />
            <ExportMenu
              load={async () => {
                const { limitExports } = await import('./exports.ts');
                return () => limitExports(session);
              }}
              disabled={spec === undefined}
              onOpen={(file) => openResult(file, session)}
            />
          </div>
        </div>
      </div>
      <Pins session={session} />
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
      {spec === undefined ? null : <Commands spec={spec} />}
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

/** What a person presses anywhere but where words are typed. */
function usePinKey(session: LimitSession): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      const isText =
        target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== 'range');
      if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyP' || isText) return;
      event.preventDefault();
      session.pin();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [session]);
}

/** A file of results anywhere on the page brings its state back; other files are for their fields. */
function opened(event: DragEvent, session: LimitSession): void {
  const file = event.dataTransfer?.files[0];
  if (file === undefined || !/\.json$/i.test(file.name)) return;
  event.preventDefault();
  event.stopPropagation();
  void openResult(file, session);
}

function Commands({ spec }: { readonly spec: PageSpec }) {
  const widths = [...shownWidths(spec)].sort((a, b) => a - b);
  return (
    <section class="exports">
      <h2>The same on the command line</h2>
      <p>There it may be larger; the numbers are those of this page. points.csv is in the menu of exports.</p>
      <pre>
        <code>{spec.sides.map((side) => limitCommand(side, widths, spec.seeds)).join('\n')}</code>
      </pre>
    </section>
  );
}
