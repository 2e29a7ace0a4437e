/** A button that measures, and a table of what was measured beside what is predicted. */

import type { Measured } from 'nexort/experiments';
import type { Classification } from 'nexort/parametrizations';
import { finite, printExponent } from 'nexort/parametrizations';
import { sourceOf } from '../formulas/index.ts';
import { Scroll } from '../shell/Scroll.tsx';
import { MEASURE_SEEDS, MEASURE_WIDTHS } from '../work/measureSettings.ts';
import { layersOf, type Measurement, movementOf } from './measurement.ts';

export interface MeasuredProps {
  readonly measurement: Measurement;
  readonly predicted: Classification;
  readonly optimizer: string;
}

export function MeasuredExponents({ measurement, predicted, optimizer }: MeasuredProps) {
  const { value: state } = measurement.state;
  const { depth, r } = predicted;
  return (
    <section class="measured" aria-live="polite">
      <h2>Measured</h2>
      {state === undefined || state.failure !== undefined ? (
        <div class="buttons">
          <button type="button" onClick={() => measurement.start()}>
            Measure the exponents
          </button>
          <span class="hint">
            {MEASURE_SEEDS} networks of each width {MEASURE_WIDTHS.join(', ')}, one update; takes seconds.
          </span>
        </div>
      ) : null}
      {state?.failure === undefined ? null : (
        <p class="error" role="alert">
          {state.failure}
        </p>
      )}
      {state === undefined || state.result !== undefined || state.failure !== undefined ? null : (
        <div class="buttons">
          <progress value={state.share} max={1} aria-label="Training networks" />
          <span class="count">{Math.round(100 * state.share)} %</span>
          <button type="button" onClick={() => measurement.cancel()}>
            Cancel
          </button>
        </div>
      )}
      {state?.result === undefined ? null : (
        <>
          <p>{sentence(movementOf(state.result), finite(r) ? printExponent(r) : '∞')}</p>
          <Scroll label="Table of measured exponents">
            <table class="measured-table">
              <caption class="hint">Powers of n: measured (95 %), and below them predicted</caption>
              <thead>
                <tr>
                  <th scope="col">layer</th>
                  <th scope="col">starts</th>
                  <th scope="col">moves</th>
                  <th scope="col">Q sees</th>
                </tr>
              </thead>
              <tbody>
                {layersOf(state.result).map(({ layer, start, change, seen }) => (
                  <tr key={layer}>
                    <th scope="row">{layer}</th>
                    <Power of={start} says={`${layer} at the start`} source={sourceOf('stable')} />
                    <Power of={change} says={`movement of ${layer} by one update`} source={sourceOf('features')} />
                    <Power of={seen} says={`what Q sees of ${layer}`} source={sourceOf('faithful')} />
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      <p class="hint">
        For more, and later updates:{' '}
        <code>
          nexort coord --parametrization mine.json --depth {depth} --optimizer {optimizer}
        </code>
      </p>
    </section>
  );
}

const JUDGED = { agrees: '✓', differs: '✗', unclear: '?' } as const;
const power = (value: number | undefined): string =>
  value === undefined ? '0 exactly' : Number.isFinite(value) ? hundredths(value) : '∞';

/** Without a sign where it rounds to 0. */
const hundredths = (value: number): string => value.toFixed(2).replace(/^-(?=0\.00$)/, '');

interface PowerProps {
  readonly of: Measured;
  readonly says: string;
  /** Where what is predicted is stated. */
  readonly source: string;
}

function Power({ of, says, source }: PowerProps) {
  const { exponent, interval, predicted, bound, judgement } = of;
  const range = interval === undefined ? '' : ` (${interval.map(hundredths).join(' to ')})`;
  const wanted = `${bound ? 'at most ' : ''}${power(predicted)}`;
  return (
    <td
      class={`judged-${judgement}`}
      title={`${says}: n^${power(exponent)}${range}, predicted n^${wanted} (${source}): ${judgement}`}
    >
      <span>
        {power(exponent)}
        {range}{' '}
        <span class="judgement" role="img" aria-label={judgement}>
          {JUDGED[judgement]}
        </span>
      </span>
      <span class="axes">{wanted}</span>
    </td>
  );
}

function sentence(moved: ReturnType<typeof movementOf>, predicted: string): string {
  if (moved === undefined) return 'Features do not move, or grow beyond all numbers: no r can be told.';
  const { r, low, high } = moved;
  const range = Number.isFinite(low) ? ` (95 %: ${hundredths(low)} to ${hundredths(high)})` : '';
  return `Features move by n^(−r) with r = ${hundredths(r)}${range}; predicted is ${predicted}.`;
}
