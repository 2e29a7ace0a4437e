/** The kernels of a run: picture, spectrum, and what carries the prediction of an example. */

import { useMemo } from 'preact/hooks';
import { Chart } from '../figure/Chart.tsx';
import { digits } from '../limit/words.ts';
import { Field } from '../shell/Field.tsx';
import { kernelDefined } from './definitions.ts';
import { ExampleWhy } from './ExampleWhy.tsx';
import { spectrumFigure } from './figures.ts';
import { type Explained, explainRow, type RunFits } from './fits.ts';
import { HeatMap } from './HeatMap.tsx';
import type { DrawKernel } from './kernels.ts';
import { byClass, ORDER_WORDS, ORDERS, type Order } from './order.ts';
import type { RunsSession } from './session.ts';
import { BadFile } from './shape.ts';

export function KernelSection({ session }: { readonly session: RunsSession }) {
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
        <Field name="draw" label="Kernel and seed">
          <select id="draw" value={kernel.name} onChange={({ currentTarget }) => session.choose(currentTarget.value)}>
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
            value={session.order.value}
            onChange={({ currentTarget }) => {
              session.order.value = currentTarget.value as Order; // one of the options
            }}
          >
            {ORDERS.map((order) => (
              <option key={order} value={order}>
                {ORDER_WORDS[order]}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <p class="hint">{`Columns are trained on: ${[...counts].map(([label, count]) => `${count} ${label}`).join(', ')}. Rows are these, and all that is evaluated.`}</p>
      <div class="sides kernel-sides">
        <HeatMap
          kernel={kernel}
          order={session.order.value}
          onRow={(row) => {
            session.row.value = row;
          }}
        />
        <div class="side">
          {eigenvalues === undefined ? (
            <p class="empty">{`${columns} columns: their spectrum is in the run’s report.html.`}</p>
          ) : (
            <Chart
              title="Spectrum on what is trained on"
              label={`Eigenvalues from ${digits(eigenvalues[0] ?? 0)} down to ${digits(eigenvalues.at(-1) ?? 0)}`}
              of={[eigenvalues]}
              draw={(width) => spectrumFigure(eigenvalues, kernelDefined(kernel.kind), width)}
            />
          )}
          <div>
            <WhySection session={session} kernel={kernel} />
          </div>
        </div>
      </div>
    </section>
  );
}

function WhySection({ session, kernel }: { readonly session: RunsSession; readonly kernel: DrawKernel }) {
  const { value: fits } = session.fits;
  const { value: row } = session.row;
  const found = useMemo(() => (fits === undefined ? [] : predictionsOf(fits, kernel)), [fits, kernel]);
  if (fits === undefined)
    return (
      <p class="empty">Open the run’s run.json beside its kernels to see what carries the prediction of an example.</p>
    );
  if (typeof found === 'string')
    return (
      <p class="error" role="alert">
        {found}
      </p>
    );
  if (found.length === 0) return <p class="empty">{`The run has no predictor by ${kernel.name}.`}</p>;
  const shown = row === undefined ? undefined : found.find((one) => one.row === row - (row % kernel.outputs));
  const wrong = found.filter(({ label, actual }) => label !== actual).length;
  return (
    <>
      <h3>What carries a prediction</h3>
      <div class="narrow">
        <Field
          name="example"
          label="Evaluated example"
          hint={`${wrong} of ${found.length} are predicted other than they are labelled (✗).`}
        >
          <select
            id="example"
            value={shown === undefined ? '' : String(shown.row)}
            onChange={({ currentTarget }) => {
              session.row.value = currentTarget.value === '' ? undefined : Number(currentTarget.value);
            }}
          >
            <option value="">choose one, or click its row</option>
            {found.map(({ row: own, text, label, actual, logit }) => (
              <option
                key={own}
                value={String(own)}
              >{`${label === actual ? '' : '✗ '}${text}: ${label}, ${digits(logit)}`}</option>
            ))}
          </select>
        </Field>
      </div>
      {shown === undefined ? (
        row === undefined ? null : (
          <p class="empty">{`“${kernel.texts[row]}” is trained on or chosen with; click a row that is evaluated.`}</p>
        )
      ) : (
        <ExampleWhy key={shown.row} session={session} fits={fits} kernel={kernel} shown={shown} />
      )}
    </>
  );
}

/** All that are evaluated, or why there are none. */
function predictionsOf(fits: RunFits, kernel: DrawKernel): readonly Explained[] | string {
  const found: Explained[] = [];
  try {
    for (let row = 0; row < kernel.rows; row += kernel.outputs) {
      const one = kernel.roles[row] === 'test' ? explainRow(fits, kernel, row) : undefined;
      if (one !== undefined) found.push(one);
    }
    return found;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return error instanceof BadFile ? `The kernels and run.json are not of one run: ${words}` : words;
  }
}
