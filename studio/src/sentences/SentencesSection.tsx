/** The kernel of sentences that are typed, by the language model that comes with nexort, computed in this page. */

import { HeatMap } from '../runs/HeatMap.tsx';
import { Why } from '../runs/Why.tsx';
import { Field } from '../shell/Field.tsx';
import { Scroll } from '../shell/Scroll.tsx';
import type { LiveKernel, SentencesSession } from './session.ts';

/** In place of it, where the page is one file. */
export const NoSentences = () => (
  <section class="exports">
    <h2>Your own sentences</h2>
    <p>
      This page is one file, which holds no language model: it reads no sentences, and splits predictions of runs by
      layer and token only from files of the command. With the embedded model the same page comes from this command:
    </p>
    <pre>
      <code>nexort studio --link '#runs?v=1'</code>
    </pre>
  </section>
);

export function SentencesSection({ session }: { readonly session: SentencesSession }) {
  const { value: read } = session.read;
  const { value: progress } = session.progress;
  const { value: found } = session.found;
  const { value: failure } = session.failure;
  return (
    <section class="exports">
      <h2>Your own sentences</h2>
      <p class="hint">
        The embedded language model reads them in the prompt of sst-2, “… It was [MASK].”, and this page computes the
        kernel of its gradients. The model and its runtime, 35 MB, come from where this page does, when you begin.
      </p>
      <div class="sides">
        <div class="side">
          <div>
            <Field
              name="sentences"
              label="A line each: + and − are trained on, ? are predicted"
              error={typeof read === 'string' ? read : undefined}
            >
              <textarea
                id="sentences"
                rows={7}
                spellcheck={false}
                value={session.text.value}
                aria-invalid={typeof read === 'string'}
                aria-describedby={typeof read === 'string' ? 'sentences-error' : undefined}
                onInput={({ currentTarget }) => {
                  session.text.value = currentTarget.value;
                }}
              />
            </Field>
          </div>
          <div class="buttons work">
            {progress === undefined ? (
              <button
                type="button"
                class="primary"
                disabled={typeof read === 'string'}
                onClick={() => void session.compute()}
              >
                Compute the kernel
              </button>
            ) : (
              <>
                <button type="button" onClick={() => session.cancel()}>
                  Cancel
                </button>
                <progress value={progress.share} max={1} aria-label="How much of the kernel is computed" />
              </>
            )}
            <span class="hint" aria-live="polite">
              {progress === undefined ? '' : `${progress.words}, ${Math.round(100 * progress.share)} %`}
            </span>
          </div>
          {failure === undefined ? null : (
            <p class="error" role="alert">
              {failure}
            </p>
          )}
          {found === undefined ? null : <Predicted found={found} session={session} />}
        </div>
        {found === undefined ? null : (
          <HeatMap
            kernel={found.kernel}
            order="file"
            onRow={(row) => {
              session.row.value = row;
            }}
          />
        )}
      </div>
      {found === undefined ? null : <Reasons found={found} row={session.row.value} />}
    </section>
  );
}

function Predicted({ found, session }: { readonly found: LiveKernel; readonly session: SentencesSession }) {
  const { kernel, zeroShot, explanations } = found;
  return (
    <Scroll label="Predictions">
      <table>
        <thead>
          <tr>
            <th scope="col">sentence</th>
            <th scope="col">by the kernel</th>
            <th scope="col">without training</th>
          </tr>
        </thead>
        <tbody>
          {[...explanations].map(([row, { label }]) => (
            <tr key={row}>
              <th scope="row">
                <button
                  type="button"
                  class="plain"
                  aria-pressed={session.row.value === row}
                  onClick={() => {
                    session.row.value = row;
                  }}
                >
                  {kernel.texts[row]}
                </button>
              </th>
              <td>{label}</td>
              <td>{zeroShot[row]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Reasons({ found, row }: { readonly found: LiveKernel; readonly row: number | undefined }) {
  const explanation = row === undefined ? undefined : found.explanations.get(row);
  if (explanation === undefined)
    return <p class="empty">Choose a sentence behind “?” to see what carries its prediction.</p>;
  return <Why key={row} text={found.kernel.texts[row ?? 0] ?? ''} explanation={explanation} kind={found.kernel.kind} />;
}
