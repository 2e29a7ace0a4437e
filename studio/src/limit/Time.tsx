/** Play, pause, one step; and the slider of widths. */

import { useEffect } from 'preact/hooks';
import { INFINITE } from '../problem/fields.ts';
import { WIDTHS } from '../problem/read.ts';
import type { LimitSession } from './session.ts';

/** Between updates while it plays. */
const MILLISECONDS = 180;

export function Time({ session }: { readonly session: LimitSession }) {
  const { playing } = session;
  const steps = session.spec.value?.sides[0].steps ?? 0;
  const time = session.shownTime.value;
  useEffect(() => {
    if (!playing.value) return;
    const timer = setInterval(() => {
      const next = session.shownTime.peek() + 1;
      if (next > steps) playing.value = false;
      else session.time.value = next;
    }, MILLISECONDS);
    return () => clearInterval(timer);
  }, [playing.value, steps]);
  const go = (to: number): void => {
    playing.value = false;
    session.time.value = Math.max(0, Math.min(steps, to));
  };
  const play = (): void => {
    if (!playing.peek() && session.shownTime.peek() >= steps) session.time.value = 0;
    playing.value = !playing.peek();
  };
  return (
    <div class="time">
      <button type="button" onClick={play} class="primary">
        {playing.value ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={() => go(time - 1)} aria-label="One update back">
        ‹
      </button>
      <button type="button" onClick={() => go(time + 1)} aria-label="One update on">
        ›
      </button>
      <input
        type="range"
        min={0}
        max={steps}
        value={time}
        aria-label="Updates done"
        aria-valuetext={`${time} of ${steps} updates`}
        onInput={({ currentTarget }) => go(Number(currentTarget.value))}
      />
      <output class="count">
        {time} / {steps} updates
      </output>
    </div>
  );
}

export function WidthSlider({ session }: { readonly session: LimitSession }) {
  const value = session.fields.value.width;
  const stops = [...WIDTHS.map(String), INFINITE];
  const place = Math.max(0, stops.indexOf(value));
  const shown = (stop: string): string => (stop === INFINITE ? '∞' : stop);
  return (
    <div class="width-slider">
      <label for="width">
        Width <strong class={value === INFINITE ? 'infinite' : ''}>n = {shown(value)}</strong>
      </label>
      <input
        id="width"
        type="range"
        min={0}
        max={stops.length - 1}
        step={1}
        value={place}
        aria-valuetext={value === INFINITE ? 'infinity' : value}
        onInput={({ currentTarget }) => session.change('width', stops[Number(currentTarget.value)] ?? INFINITE)}
      />
      <div class="stops" aria-hidden="true">
        {stops.map((stop) => (
          <span key={stop} class={stop === value ? 'at' : ''}>
            {shown(stop)}
          </span>
        ))}
      </div>
    </div>
  );
}
