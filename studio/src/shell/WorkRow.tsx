/** The button that begins work, or cancels it, with how far it is. */

import type { ComponentChildren } from 'preact';
import { timeOf, type Work } from './work.ts';

export interface WorkRowProps {
  readonly work: Work;
  readonly label: string;
  readonly ready: boolean;
  /** What is said of work that takes long. */
  readonly instead: string;
  readonly start: () => void;
  readonly goOn: () => void;
  readonly cancel: () => void;
}

export function WorkRow({ work, label, ready, instead, start, goOn, cancel }: WorkRowProps) {
  const busy = work.kind === 'planning' || work.kind === 'working';
  return (
    <div class="buttons work">
      {busy ? (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      ) : (
        <button type="button" class="primary" disabled={!ready} onClick={start}>
          {label}
        </button>
      )}
      {work.kind === 'asked' ? (
        <button type="button" disabled={!ready} onClick={goOn}>
          Begin all the same
        </button>
      ) : null}
      {work.kind === 'working' ? (
        <progress value={work.share} max={1} aria-label={`${label}: how much is done`} />
      ) : null}
      <span class="hint" aria-live="polite">
        {wordsOf(work, instead)}
      </span>
    </div>
  );
}

function wordsOf(work: Work, instead: string): ComponentChildren {
  switch (work.kind) {
    case 'idle':
      return '';
    case 'planning':
      return `${work.words ?? 'Measuring how long it takes'}.`;
    case 'asked':
      return `It takes ${timeOf(work.seconds)} here. ${instead}`;
    case 'working':
      return `${Math.round(100 * work.share)} %${work.secondsLeft === undefined ? '' : `, ${timeOf(work.secondsLeft)} left`}`;
    case 'failed':
      return <span class="error">{work.message}</span>;
    default:
      return work satisfies never;
  }
}
