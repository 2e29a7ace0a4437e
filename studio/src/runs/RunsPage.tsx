/** Finished runs, opened from their files: kernels, scores, verdicts, transfers, coordinate checks. */

import { Chart } from '../figure/Chart.tsx';
import { digits } from '../limit/words.ts';
import { Field } from '../shell/Field.tsx';
import { coordFigure, spectrumFigure, transferFigure } from './figures.ts';
import { HeatMap } from './HeatMap.tsx';
import { byClass } from './kernels.ts';
import type { CoordView, RegimeResult, Result, ScoresResult, TransferView } from './results.ts';
import type { RunsSession } from './session.ts';

export function RunsPage({ session }: { readonly session: RunsSession }) {
  const { problems, results, kernels } = session;
  const open = (files: FileList | null | undefined): void => {
    if (files !== null && files !== undefined && files.length > 0) void session.open([...files]);
  };
  return (
    <main id="main" tabIndex={-1}>
      <header class="lead">
        <h1>Open a run</h1>
        <p>
          The files of a run folder (<code>run.json</code>, <code>kernels.safetensors</code>), or what{' '}
          <code>nexort kernel</code>, <code>regime</code>, <code>transfer</code> and <code>coord</code> print with{' '}
          <code>--json</code>. They stay in this page.
        </p>
      </header>
      <div class="drop">
        <Field name="files" label="Files, one or several" hint="or drop them here">
          <input
            id="files"
            type="file"
            multiple
            accept=".json,.safetensors"
            onChange={({ currentTarget }) => open(currentTarget.files)}
          />
        </Field>
        {problems.value.map((problem) => (
          <p key={problem} class="error" role="alert">
            {problem}
          </p>
        ))}
      </div>
      {results.value.map(({ file, result }) => (
        <section key={file} class="exports">
          <Shown result={result} />
        </section>
      ))}
      {kernels.value.length === 0 ? null : <KernelSection session={session} />}
    </main>
  );
}

function Shown({ result }: { readonly result: Result }) {
  switch (result.kind) {
    case 'scores':
      return <Scores result={result} />;
    case 'regime':
      return <Regime result={result} />;
    case 'transfer':
      return <Transfer result={result} />;
    case 'coord':
      return <Coord result={result} />;
    default:
      return result satisfies never;
  }
}

function Scores({ result: { task, metric, chance, scores } }: { readonly result: ScoresResult }) {
  return (
    <>
      <h2>{`${task}: ${metric} by kernel`}</h2>
      <div class="scroll">
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
              <tr key={name}>
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
      </div>
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
              >{`${one.name}: ${digits(one.value)}, bound ${digits(one.bound)}, ${one.passes ? 'holds' : 'fails'}`}</li>
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
      <div class="sides">
        {result.sweeps.map((sweep) => (
          <div key={sweep.parametrization}>
            <p>{sweep.text}</p>
            <Chart
              title={`Loss by ${result.swept}, ${sweep.parametrization}`}
              label={`Loss by ${result.swept}, a line a width, in ${sweep.parametrization}: ${sweep.text}`}
              of={[sweep]}
              draw={(width) => transferFigure(sweep, result, width)}
            />
          </div>
        ))}
      </div>
    </>
  );
}

function Coord({ result }: { readonly result: CoordView }) {
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

function KernelSection({ session }: { readonly session: RunsSession }) {
  const all = session.kernels.value;
  const kernel = all.find(({ name }) => name === session.chosen.value) ?? all[0];
  if (kernel === undefined) return null;
  const { eigenvalues, columns, labels } = kernel;
  const counts = new Map<string, number>();
  for (const place of byClass(kernel, columns))
    counts.set(labels[place] ?? '', (counts.get(labels[place] ?? '') ?? 0) + 1);
  return (
    <section class="exports">
      <h2>Kernels</h2>
      <div class="row narrow">
        <Field name="draw" label="Kernel and seed of the draw">
          <select
            id="draw"
            value={kernel.name}
            onChange={({ currentTarget }) => {
              session.chosen.value = currentTarget.value;
            }}
          >
            {all.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field name="order" label="Order">
          <select
            id="order"
            value={session.ordered.value ? 'class' : 'file'}
            onChange={({ currentTarget }) => {
              session.ordered.value = currentTarget.value === 'class';
            }}
          >
            <option value="class">by class</option>
            <option value="file">as in the file</option>
          </select>
        </Field>
      </div>
      <p class="hint">{`Columns are trained on: ${[...counts].map(([label, count]) => `${count} ${label}`).join(', ')}. Rows are these, and all that is evaluated.`}</p>
      <div class="sides">
        <HeatMap kernel={kernel} ordered={session.ordered.value} />
        {eigenvalues === undefined ? (
          <p class="empty">{`${columns} columns: their spectrum is in the run’s report.html.`}</p>
        ) : (
          <Chart
            title="Spectrum on what is trained on"
            label={`Eigenvalues from ${digits(eigenvalues[0] ?? 0)} down to ${digits(eigenvalues.at(-1) ?? 0)}`}
            of={[eigenvalues]}
            draw={(width) => spectrumFigure(eigenvalues, width)}
          />
        )}
      </div>
    </section>
  );
}
