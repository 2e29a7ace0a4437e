/** What carries a prediction: training examples, and where they are known layers and tokens; their sum is the logit. */

import type { Explanation } from 'nexort/lm';
import { useId, useState } from 'preact/hooks';
import { Chart } from '../figure/Chart.tsx';
import { digits } from '../limit/words.ts';
import { Field } from '../shell/Field.tsx';
import { Scroll } from '../shell/Scroll.tsx';
import { contributionDefined, definedAs, layerDefined, TOKEN } from './definitions.ts';
import { barsFigure } from './whyFigures.ts';

export interface WhyProps {
  readonly text: string;
  readonly explanation: Explanation;
  /** Of the kernel. */
  readonly kind?: string | undefined;
  /** The label that the data give it. */
  readonly actual?: string;
}

const ADDED = 'added to the logit';
/** Bars that are seen at once; the table has all. */
const SHOWN = 12;
const ALL = 'all';

export function Why({ text, explanation, kind, actual }: WhyProps) {
  const [chosen, setChosen] = useState(ALL);
  const id = useId();
  const { label, probabilities, logit, contributions, layers = [], tokens, intercept, initial } = explanation;
  const layer = layers.findIndex((one) => one.layer === chosen);
  const share = layers[layer];
  const weightOf = ({ weight, byLayer }: Explanation['contributions'][number]): number =>
    layer < 0 ? weight : (byLayer?.[layer] ?? Number.NaN);
  const examples = contributions
    .map((one) => ({
      ...one,
      own: weightOf(one),
      whole: one.text2 === undefined ? one.text : `${one.text} | ${one.text2}`,
    }))
    .sort((a, b) => Math.abs(b.own) - Math.abs(a.own));
  const bars = examples
    .slice(0, SHOWN)
    .map(({ label: of, own, whole }) => ({ name: whole, weight: own, words: `“${whole}” (${of})` }));
  const ofLayer = share === undefined ? '' : `, by way of ${share.layer}`;
  return (
    <article class="why" aria-label={`Why “${text}” is ${label}`}>
      <p class="quoted">{`“${text}”`}</p>
      <p>
        Predicted <strong>{label}</strong>
        {actual === undefined ? '' : actual === label ? ', as labelled' : `, labelled ${actual}`}, probability{' '}
        {digits(probabilities[label] ?? Number.NaN)}.
      </p>
      {contributions.length === 0 ? (
        <p class="hint">Votes between pairs of labels decide, which are no sum: there is nothing to split.</p>
      ) : (
        <>
          <p class="sum">{sumOf(explanation)}</p>
          {layers.length === 0 ? null : (
            <div class="row narrow">
              <Field name={id} label="By way of">
                <select id={id} value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
                  <option value={ALL}>all layers</option>
                  {layers.map((one) => (
                    <option key={one.layer} value={one.layer}>{`${one.layer}: ${digits(one.weight)}`}</option>
                  ))}
                </select>
              </Field>
            </div>
          )}
          {tokens === undefined ? null : (
            <Tokens
              tokens={tokens.map(({ token, weight }, place) => ({
                token,
                weight: share === undefined ? weight : (share.byToken?.[place] ?? Number.NaN),
              }))}
              of={ofLayer}
            />
          )}
          <Chart
            title={`Training examples that weigh most${ofLayer}`}
            label={`What ${bars.length} of ${examples.length} training examples add to the logit of ${label}${ofLayer}: ${bars.map(({ words, weight }) => `${words} ${digits(weight)}`).join('; ')}`}
            of={[explanation, chosen]}
            draw={(width) => barsFigure(bars, ADDED, contributionDefined(kind), width)}
          />
          {layers.length === 0 ? null : (
            <Chart
              title="Layers"
              label={`What each layer adds to the logit of ${label}: ${layers.map((one) => `${one.layer} ${digits(one.weight)}`).join('; ')}`}
              of={[explanation]}
              draw={(width) =>
                barsFigure(
                  layers.map((one) => ({ name: one.layer, weight: one.weight, words: one.layer })),
                  ADDED,
                  layerDefined(kind),
                  width,
                )
              }
            />
          )}
          <details>
            <summary>{`All ${examples.length} training examples${ofLayer}`}</summary>
            <Scroll label="Contributions of all training examples">
              <table>
                <thead>
                  <tr>
                    <th scope="col">adds</th>
                    <th scope="col">label</th>
                    <th scope="col">text</th>
                  </tr>
                </thead>
                <tbody>
                  {examples.map(({ own, label: of, whole }, place) => (
                    <tr key={`${place} ${whole}`}>
                      <td title={`${digits(own)} ${ADDED}${definedAs(contributionDefined(kind))}`}>{digits(own)}</td>
                      <td>{of}</td>
                      <td>{whole}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          </details>
        </>
      )}
    </article>
  );

  function sumOf({ contributions: parts }: Explanation): string {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    const others = [
      ...(intercept === 0 ? [] : [`${digits(intercept)} for every text (the intercept)`]),
      ...(initial === 0 ? [] : [`${digits(initial)} of the model’s own answer`]),
    ];
    const all = [`${digits(total)} from ${parts.length} training examples`, ...others].join(' + ');
    return `Its logit is ${digits(logit)} = ${all}.`;
  }
}

function Tokens({
  tokens,
  of,
}: {
  readonly tokens: readonly { readonly token: string; readonly weight: number }[];
  readonly of: string;
}) {
  const most = Math.max(...tokens.map(({ weight }) => Math.abs(weight)));
  return (
    <div>
      <ol class="tokens" aria-label={`Tokens, and what each adds to the logit${of}`}>
        {tokens.map(({ token, weight }, place) => (
          <li
            key={`${place} ${token}`}
            class={weight < 0 ? 'token against' : 'token for'}
            title={`${digits(weight)} ${ADDED}${of}${definedAs(TOKEN)}`}
            style={{ '--share': `${Math.round(most === 0 ? 0 : (45 * Math.abs(weight)) / most)}%` }}
          >
            {token}
            <span class="weight">{digits(weight)}</span>
          </li>
        ))}
      </ol>
      <p class="hint">The text in its prompt. Blue speaks for the label, orange against it.</p>
    </div>
  );
}
