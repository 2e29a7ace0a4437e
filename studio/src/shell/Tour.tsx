/** Five steps through the limit page, beside what they speak of: nothing is blocked, and Escape ends it. */

import { type Signal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PageName } from '../link.ts';
import { isTourDone, rememberTour } from '../memory.ts';

interface Step {
  /** Of the element that it speaks of. */
  readonly at: string;
  readonly title: string;
  readonly text: string;
}

export const STEPS: readonly Step[] = [
  {
    at: '.width-slider',
    title: 'One slider, from width 16 to infinity',
    text: 'Move it: networks of every width train on the same points. The wider they are, the less their training depends on chance.',
  },
  {
    at: '.time',
    title: 'Updates, one by one',
    text: 'Play runs through the training; ‹ and › are single updates. What is shown has been computed, or is about to be.',
  },
  {
    at: '.side .planes, .side .chart',
    title: 'Networks beside their limit',
    text: 'The thick line with a band is the infinite network, the band two standard errors of its sampling. Thin lines are networks of the width of the slider, a line each.',
  },
  {
    at: '[data-figure="movement"]',
    title: 'Do features move?',
    text: 'In µP the last feature kernel moves at every width, in the limit too. In NTP, on the other side, it moves less the wider the network is, and in the limit not at all.',
  },
  {
    at: '.tools',
    title: 'Compare, and take it with you',
    text: 'Pin these curves, change a setting on the left, and see what it does in numbers. The address holds everything that is shown: a link gives the same view. Exports are beside.',
  },
];

/** The step that is shown; undefined where none is. */
const shown = signal<number | undefined>(undefined);
const isDone = signal(isTourDone());

function end(): void {
  shown.value = undefined;
  isDone.value = true;
  rememberTour();
}

/** The link in the header. */
export function TourButton({ page }: { readonly page: Signal<PageName> }) {
  return (
    <button type="button" class="quiet tour-start" onClick={() => start(page)}>
      Tour
    </button>
  );
}

function start(page: Signal<PageName>): void {
  page.value = 'limit';
  shown.value = 0;
}

/** One line on the first visit, and the step that is shown. */
export function Tour({ page }: { readonly page: Signal<PageName> }) {
  if (page.value !== 'limit') return null;
  if (shown.value !== undefined) return <TourStep place={shown.value} />;
  if (isDone.value) return null;
  return (
    <p class="offer">
      New here?{' '}
      <button type="button" onClick={() => start(page)}>
        Take the tour of five steps
      </button>{' '}
      <button type="button" class="quiet" onClick={end}>
        No, thanks
      </button>
    </p>
  );
}

function TourStep({ place }: { readonly place: number }) {
  const next = useRef<HTMLButtonElement>(null);
  const step = STEPS[place];
  useEffect(() => {
    const element = step === undefined ? null : document.querySelector(step.at);
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element?.scrollIntoView({ block: 'center', behavior: isStill ? 'auto' : 'smooth' });
    element?.classList.add('toured');
    next.current?.focus({ preventScroll: true });
    return () => element?.classList.remove('toured');
  }, [step]);
  useEffect(() => {
    const pressed = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') end();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  if (step === undefined) return null;
  const isLast = place === STEPS.length - 1;
  return (
    <aside class="tour" aria-label="Tour">
      <div aria-live="polite">
        <p class="tour-title">
          {place + 1} of {STEPS.length}: {step.title}
        </p>
        <p>{step.text}</p>
      </div>
      <div class="buttons">
        <button
          type="button"
          disabled={place === 0}
          onClick={() => {
            shown.value = place - 1;
          }}
        >
          Back
        </button>
        <button
          type="button"
          class="primary"
          ref={next}
          onClick={() => {
            if (isLast) end();
            else shown.value = place + 1;
          }}
        >
          {isLast ? 'Done' : 'Next'}
        </button>
        {isLast ? null : (
          <button type="button" class="quiet" onClick={end}>
            End the tour
          </button>
        )}
      </div>
    </aside>
  );
}
