/** The results of commands, as the page shows them. */

import { useState } from 'preact/hooks';
import { Chart } from '../figure/Chart.tsx';
import { digits } from '../limit/words.ts';
import { Field } from '../shell/Field.tsx';
import { Scroll } from '../shell/Scroll.tsx';
import { definedAs, kernelDefined } from './definitions.ts';
import type { ExplainedTexts } from './explained.ts';
import { coordFigure, transferFigure } from './figures.ts';
import type { CoordView, RegimeResult, Result, ScoresResult, TransferView } from './results.ts';
import { Why } from './Why.tsx';

export function Shown({ result }: { readonly result: Result }) {
  switch (result.kind) {
    case 'scores':
      return <Scores result={result} />;
    case 'regime':
      return <Regime result={result} />;
    case 'transfer':
      return <Transfer result={result} />;
    case 'coord':
      return <Coord result={result} />;
    case 'predictions':
      return <Predictions result={result} />;
    default:
      return result satisfies never;
  }
}

function Scores({ result: { task, metric, chance, scores } }: { readonly result: ScoresResult }) {
  return (
    <>
      <h2>{`${task}: ${metric} by kernel`}</h2>
      <Scroll label={`${task}: ${metric} by kernel`}>
        <table>
          <thead>
            <tr>
              <th scope="col">method</th>
              <th scope="col">mean over draws</th>
              <th scope="col">deviation</th>
              <th scope="col">95 % over the choice of test examples</th>
            </tr>
          </thead>
          <tbody>
            {scores.map(({ name, mean, std, interval }) => (
              <tr
                key={name}
                title={`${name}: ${metric} ${digits(mean)} ± ${digits(std)} over draws${definedAs(kernelDefined(name))}`}
              >
                <th scope="row">{name}</th>
                <td>{digits(mean)}</td>
                <td>{digits(std)}</td>
                <td>{interval.map(digits).join(' to ')}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">best constant answer</th>
              <td>{digits(chance)}</td>
              <td />
              <td />
            </tr>
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Regime({ result: { verdict, optimizers } }: { readonly result: RegimeResult }) {
  return (
    <>
      <h2>Does fine-tuning behave like a kernel? {verdict}</h2>
      {optimizers.map(({ name, verdict: own, words, criteria }) => (
        <div key={name}>
          <h3>
            {name}: {own}
          </h3>
          {words.map((sentence) => (
            <p key={sentence}>{sentence}.</p>
          ))}
          <ul>
            {criteria.map((one) => (
              <li
                key={one.name}
              >{`${one.name}: ${digits(one.value)}${one.interval.length === 2 ? ` (95 %: ${one.interval.map(digits).join(' to ')})` : ''}, bound ${digits(one.bound)} (${one.source}), ${one.passes ? 'holds' : 'fails'}`}</li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Transfer({ result }: { readonly result: TransferView }) {
  return (
    <>
      <h2>{`Does the best ${result.swept} stay where it is? With ${result.optimizer}`}</h2>
      <Sweeps result={result} />
    </>
  );
}

/** A figure and a verdict for each parametrization. */
export function Sweeps({ result }: { readonly result: TransferView }) {
  return (
    <div class="sides sweeps">
      {result.sweeps.map((sweep) => (
        <div key={sweep.parametrization}>
          <p>{sweep.text}</p>
          {sweep.noLimit === undefined ? null : <p class="hint">{`No infinite width: ${sweep.noLimit}`}</p>}
          <Chart
            title={`Loss by ${result.swept}, ${sweep.parametrization}`}
            label={`Loss by ${result.swept}, a line a width, in ${sweep.parametrization}: ${sweep.text}`}
            of={[sweep]}
            draw={(width) => transferFigure(sweep, result, width)}
          />
        </div>
      ))}
    </div>
  );
}

export function Coord({ result }: { readonly result: CoordView }) {
  const { verdict, parametrization, optimizer, findings } = result;
  return (
    <>
      <h2>{`Coordinates in ${parametrization} with ${optimizer}: ${verdict}`}</h2>
      {findings.map((text) => (
        <p key={text} class="error">
          {text}
        </p>
      ))}
      <Chart
        title="Exponents by layer"
        label={`Measured exponents of the width with intervals, beside predictions: ${verdict}`}
        of={[result]}
        draw={(width) => coordFigure(result, width)}
      >
        <p class="hint">Dots with their 95 % intervals are measured, upright marks are predicted.</p>
      </Chart>
    </>
  );
}

function Predictions({ result: { task, kernel, seed, predictions } }: { readonly result: ExplainedTexts }) {
  const [place, setPlace] = useState(0);
  const shown = predictions[place] ?? predictions[0];
  return (
    <>
      <h2>{`${task}: why these labels, by the kernel ${kernel} of draw ${seed}`}</h2>
      {predictions.length < 2 ? null : (
        <div class="narrow">
          <Field name="explained" label="Text">
            <select
              id="explained"
              value={String(place)}
              onChange={({ currentTarget }) => setPlace(Number(currentTarget.value))}
            >
              {predictions.map(({ text, label }, k) => (
                <option key={`${k} ${text}`} value={String(k)}>{`${text} (${label})`}</option>
              ))}
            </select>
          </Field>
        </div>
      )}
      {shown === undefined ? (
        <p class="empty">There are no texts in it.</p>
      ) : (
        <Why key={place} text={shown.text} explanation={shown} kind={kernel} />
      )}
    </>
  );
}
