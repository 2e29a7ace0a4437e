/** Pinned results: what each has otherwise, and what that does, in numbers. */

import { differenceWords, MOST_PINS } from '../problem/pins.ts';
import { dashOf } from './pinned.ts';
import type { LimitSession, Pinned } from './session.ts';
import { comparedWords } from './words.ts';

export function PinButton({ session }: { readonly session: LimitSession }) {
  const count = session.pins.value.length;
  const why =
    count >= MOST_PINS ? `${MOST_PINS} are pinned; unpin one first` : 'Keeps these curves to compare others with them';
  return (
    <button
      type="button"
      data-tour="pin"
      title={`${why} (Alt+P)`}
      aria-keyshortcuts="Alt+P"
      disabled={!session.canPin.value}
      onClick={() => session.pin()}
    >
      Pin these curves
    </button>
  );
}

export function Pins({ session }: { readonly session: LimitSession }) {
  const pinned = session.pinned.value;
  if (pinned.length === 0) return null;
  return (
    <section class="pins" aria-label="Pinned results">
      <h2>Pinned</h2>
      <ol>
        {pinned.map((pin) => (
          <li key={pin.place}>
            <Pin session={session} pin={pin} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Pin({ session, pin }: { readonly session: LimitSession; readonly pin: Pinned }) {
  const { fields, place, spec, views } = pin;
  const now = session.spec.value;
  const number = place + 1;
  const compared =
    now === undefined || spec === undefined
      ? []
      : now.sides.map((side, k) =>
          comparedWords(
            { side: spec.sides[k] ?? side, view: views?.[k] ?? { networks: [] }, spec },
            { side, view: session.sides.value[k] ?? { networks: [] }, spec: now },
            session.shownTime.value,
          ),
        );
  return (
    <>
      <svg class="dash" viewBox="0 0 44 10" width="44" height="10" aria-hidden="true">
        <path d="M0 5H44" stroke="var(--infinity)" stroke-width="1.8" stroke-dasharray={dashOf(place)} />
      </svg>
      <div>
        <p>
          <strong>Pin {number}</strong>: {differenceWords(fields, session.fields.value)}.
        </p>
        {spec === undefined ? (
          <p class="error">It cannot be read, and has no curves.</p>
        ) : (
          compared.map((words) => (
            <p key={words} class="compared">
              {words}
            </p>
          ))
        )}
      </div>
      <div class="buttons">
        <button type="button" onClick={() => session.tell(fields)} aria-label={`Show pin ${number} again`}>
          Show
        </button>
        <button type="button" onClick={() => session.unpin(place)} aria-label={`Unpin ${number}`}>
          Unpin
        </button>
      </div>
    </>
  );
}
