/** A program as one writes it: what is wrong with it, its kets, and how it approaches its limit. */

import { useEffect, useRef } from 'preact/hooks';
import { Chart } from '../figure/Chart.tsx';
import { saveFile } from '../figure/save.ts';
import { banded, digits } from '../limit/words.ts';
import { Field, TextField } from '../shell/Field.tsx';
import { CHECK_SEEDS, checkWidths } from '../work/program.ts';
import type { Editor } from './editor.ts';
import { EXAMPLES } from './examples.ts';
import { colorOf, convergenceFigure } from './figure.ts';
import type { ProgramSession } from './session.ts';

export function ProgramPage({ session }: { readonly session: ProgramSession }) {
  const { program, inFragment, remarks } = session.read.value;
  const widths = program === undefined ? [] : checkWidths(program);
  return (
    <main id="main" tabIndex={-1}>
      <header class="lead">
        <h1>Write a program, read its limit</h1>
        <p>
          A tensor program in NE⊗OR⊤ has an infinite-width limit: its vectors become random variables, kets, and its
          averages numbers. Edit one, and see both.
        </p>
      </header>
      <div class="program-layout">
        <div>
          <div class="row">
            <Field name="example" label="Example">
              <select
                id="example"
                value={session.example.value ?? ''}
                onChange={({ currentTarget }) => session.write(EXAMPLES.get(currentTarget.value) ?? '', 0)}
              >
                {session.example.value === undefined ? <option value="">your own</option> : null}
                {[...EXAMPLES.keys()].map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
            <TextField
              name="steps"
              label="Steps"
              value={session.steps.value}
              error={session.stepsError.value}
              onChange={(steps) => session.setSteps(steps)}
            />
          </div>
          <EditorPlace session={session} />
          <div class="remarks" aria-live="polite">
            {program !== undefined && inFragment ? (
              <p class="fine">The program lies in NE⊗OR⊤: its outputs have limits.</p>
            ) : null}
            {program !== undefined && !inFragment ? (
              <p class="error">
                The program leaves NE⊗OR⊤: theory gives it no limit, and it runs at finite widths alone.
              </p>
            ) : null}
            {remarks.map(({ kind, text, line }) => (
              <p key={`${line} ${text}`} class={kind === 'info' ? 'hint' : 'error'}>
                {line === undefined ? text : `Line ${line}: ${text}`}
              </p>
            ))}
            {session.failure.value === undefined ? null : (
              <p class="error" role="alert">
                {session.failure.value}
              </p>
            )}
          </div>
          <div class="buttons">
            <button type="button" onClick={() => saveFile('mine.nex', 'text/plain', session.text.peek())}>
              mine.nex
            </button>
            <code>
              nexort check mine.nex --widths {widths.join(',')} --seeds {CHECK_SEEDS}
            </code>
          </div>
        </div>
        <div class="results">
          <Convergence session={session} />
          <Kets session={session} />
        </div>
      </div>
    </main>
  );
}

function EditorPlace({ session }: { readonly session: ProgramSession }) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  useEffect(() => {
    let isOpen = true;
    void import('./editor.ts').then(({ openEditor }) => {
      if (!isOpen || place.current === null) return;
      editor.current = openEditor(place.current, session.text.peek(), (text) => session.write(text));
      editor.current.show(session.read.peek().remarks);
    });
    return () => {
      isOpen = false;
      editor.current?.close();
    };
  }, [session]);
  const { value: text } = session.text;
  const { remarks } = session.read.value;
  useEffect(() => {
    // What is newest: a letter may have come since this was drawn.
    editor.current?.put(session.text.peek());
    editor.current?.show(session.read.peek().remarks);
  }, [session, text, remarks]);
  return <div class="editor" ref={place} />;
}

function Convergence({ session }: { readonly session: ProgramSession }) {
  const { value: result } = session.checked;
  if (result === undefined)
    return (
      <section>
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
    <section>
      <h2>Approach to the limit</h2>
      {isDrawn ? (
        <Chart
          title="Distance by width"
          label={`Root-mean-square distance of outputs from their limits by width. ${outputs.map(({ name, exponent }) => `${name}: n^${digits(exponent ?? 0)}`).join('; ')}`}
          of={[outputs]}
          draw={(width) => convergenceFigure(outputs, width)}
        />
      ) : null}
      <div class="scroll">
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
                  <td>{Number.isNaN(limit) ? 'none' : banded(limit, standardError)}</td>
                  <td>
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
      </div>
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

function Kets({ session }: { readonly session: ProgramSession }) {
  const { value: rows } = session.kets;
  if (rows === undefined || rows.length === 0) return null;
  return (
    <section>
      <h2>Kets</h2>
      <p class="hint">
        Values on a width, as random variables in the limit, sampled; of several places the first. A product with an
        initial matrix is ŷ + ẏ: the hat part is Gaussian with the variance shown. Where E[y²] is another, there is a
        dot part.
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">ket</th>
              <th scope="col">axes</th>
              <th scope="col">mean</th>
              <th scope="col">E[y²]</th>
              <th scope="col">of ŷ</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, axes, mean, square, hat }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="axes">{axes.join(', ')}</td>
                <td>{banded(mean.value, mean.standardError)}</td>
                <td>{banded(square.value, square.standardError)}</td>
                <td>{hat === undefined ? '' : banded(hat.value, hat.standardError)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
