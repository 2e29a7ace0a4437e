/** How outputs of a program approach their limits: a figure, and a table of limits, exponents and verdicts. */

import { Chart } from '../figure/Chart.tsx';
import { saysOf } from '../formulas/index.ts';
import { banded, digits } from '../limit/words.ts';
import { Scroll } from '../shell/Scroll.tsx';
import { colorOf, convergenceFigure } from './figure.ts';
import type { ProgramSession } from './session.ts';

export function Convergence({ session }: { readonly session: ProgramSession }) {
  const { value: result } = session.checked;
  if (result === undefined)
    return (
      <section class="convergence">
        <h2>Approach to the limit</h2>
        <p class="empty">
          {session.share.value < 1
            ? `Running at growing widths: ${Math.round(100 * session.share.value)} % done.`
            : 'It comes once the program can be read.'}
        </p>
      </section>
    );
  const { outputs, finite } = result;
  const isDrawn = outputs.some(({ distances }) => distances.some(({ rms }) => rms > 0));
  return (
    <section class="convergence" aria-labelledby="convergence-title">
      <h2 id="convergence-title">Approach to the limit</h2>
      {isDrawn ? (
        <Chart
          title="Distance by width"
          label={`Root-mean-square distance of outputs from their limits by width. ${outputs.map(({ name, exponent }) => `${name}: n^${digits(exponent ?? 0)}`).join('; ')}`}
          of={[outputs]}
          draw={(width) => convergenceFigure(outputs, width)}
        />
      ) : null}
      <Scroll label="Table of limits">
        <table>
          <thead>
            <tr>
              <th scope="col">output</th>
              <th scope="col">{outputs.length > 0 ? 'limit' : 'mean by width'}</th>
              <th scope="col">exponent</th>
              <th scope="col">verdict</th>
            </tr>
          </thead>
          <tbody>
            {outputs.map((output) => {
              const { name, limit, standardError, exponent, exponentInterval, verdict } = output;
              return (
                <tr key={name}>
                  <th scope="row">
                    <Swatch color={colorOf(outputs, output)} />
                    {name}
                  </th>
                  <td title={`limit of ${name}: ${saysOf('average')}`}>
                    {Number.isNaN(limit) ? 'none' : banded(limit, standardError)}
                  </td>
                  <td title={`distance by width: ${saysOf('master')}`}>
                    {exponent === undefined
                      ? '–'
                      : `${exponent.toFixed(2)}${exponentInterval === undefined ? '' : ` (${exponentInterval.map((end) => end.toFixed(2)).join(' to ')})`}`}
                  </td>
                  <td>{verdict}</td>
                </tr>
              );
            })}
            {finite.map(({ name, widths }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{widths.map(({ width, mean }) => `${width}: ${digits(mean)}`).join(', ')}</td>
                <td>–</td>
                <td>no limit</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

/** The color of a line, before its name. */
function Swatch({ color }: { readonly color: string | undefined }) {
  return (
    <svg class="swatch" width="12" height="10" aria-hidden="true">
      {color === undefined ? null : <circle cx="4" cy="5" r="4" fill={color} />}
    </svg>
  );
}
