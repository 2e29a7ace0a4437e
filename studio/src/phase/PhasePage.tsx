/** The phase diagram of parametrizations: drag a point or type exponents, and read what becomes of a network. */

import { type Classification, exponent, finite, printExponent } from 'nexort/parametrizations';
import { Chart } from '../figure/Chart.tsx';
import { ExportMenu } from '../figure/ExportMenu.tsx';
import { toldBy } from '../figure/opened.ts';
import { saveFile } from '../figure/save.ts';
import { Formula, saysOf } from '../formulas/index.ts';
import { writeLink } from '../link.ts';
import { COLUMNS, columnsAt, columnsJson, columnsOf, ownText } from '../problem/exponents.ts';
import { DEFAULTS } from '../problem/fields.ts';
import { optimizerNames } from '../problem/names.ts';
import { Field, TextField } from '../shell/Field.tsx';
import { Definitions, pointing } from './Definitions.tsx';
import { phaseFigure, R, X } from './figure.ts';
import { MeasuredExponents } from './MeasuredExponents.tsx';
import { movementOf } from './measurement.ts';
import { type PhaseSession, placeOf } from './session.ts';

/** Places that a drag finds: eighths are exponents that people write. */
const STEP = 8;
const NAMED = ['mup', 'ntp', 'up:0.25', 'mean-field', 'sp'];

export function PhasePage({ session }: { readonly session: PhaseSession }) {
  const { result, errors } = session.found.value;
  const told = session.told.value;
  const [given] = result === undefined ? [] : placeOf('given', result);
  const measured = session.measurement.state.value?.result;
  const moved = measured === undefined ? undefined : movementOf(measured);
  const move = (x: number, r: number): void => {
    const snapped = (value: number, [low, high]: readonly [number, number]): string =>
      `${Math.round(STEP * Math.min(high, Math.max(low, value)))}/${STEP}`;
    session.change(columnsAt(exponent(snapped(x, X)), exponent(snapped(r, R))));
  };
  const nudge = (event: KeyboardEvent): void => {
    const by = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] } as const)[event.key];
    if (by === undefined || given === undefined) return;
    event.preventDefault();
    move(given.x + by[0] / STEP, given.r + by[1] / STEP);
  };
  return (
    <main id="main" tabIndex={-1}>
      <div class="head">
        <header class="lead">
          <h1>Which limit does a parametrization have?</h1>
          <p>
            Exponents say how weights, initial values and rates shrink as the width n grows. Drag the point, or type
            them: the verdict is that of <code>nexort classify</code>.
          </p>
        </header>
        <div class="buttons tools">
          <ExportMenu
            load={async () => {
              const { phaseExports } = await import('./exports.ts');
              return () => phaseExports(session);
            }}
            disabled={result === undefined}
            onOpen={async (file) => session.tell(await toldBy(file, 'phase'))}
          />
        </div>
      </div>
      <div class="phase-layout">
        <div>
          <div
            class="draggable"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the point moves by arrow keys
            tabIndex={0}
            role="application"
            aria-label="Phase diagram; arrow keys move the point by an eighth"
            onKeyDown={nudge}
          >
            <Chart
              title="Phase diagram"
              label={`Size of the trained readout against movement of features. ${result === undefined ? '' : verdictOf(result)}`}
              of={[told, measured]}
              draw={(width) => phaseFigure(given, session.named.value, moved, width)}
              onPlace={move}
              drags
            />
          </div>
          {result === undefined ? null : <Verdict result={result} session={session} />}
        </div>
        <form class="controls" aria-label="Exponents" onSubmit={(event) => event.preventDefault()}>
          <Field name="named" label="Start from">
            <select
              id="named"
              value=""
              onChange={({ currentTarget }) => {
                if (currentTarget.value !== '') session.change(columnsOf(currentTarget.value));
              }}
            >
              <option value="">a named one…</option>
              {NAMED.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <fieldset>
            <legend>Exponents</legend>
            {(['weights', 'step'] as const).map((name) => (
              <p key={name} class="exponents-formula" title={saysOf(name)}>
                <Formula name={name} lit={session.column.value} />
              </p>
            ))}
            <table class="exponents">
              <thead>
                <tr>
                  <td />
                  <th scope="col">first</th>
                  <th scope="col">between</th>
                  <th scope="col">readout</th>
                </tr>
              </thead>
              <tbody>
                {COLUMNS.map((column) => (
                  <tr key={column}>
                    <th scope="row">{column}</th>
                    {told[column].split(',').map((value, place) => (
                      <td key={place}>
                        <input
                          value={value}
                          aria-label={`${column} of ${['the first layer', 'layers between', 'the readout'][place]}`}
                          aria-invalid={errors.exponents !== undefined}
                          onFocus={() => {
                            session.column.value = column;
                          }}
                          onBlur={() => {
                            session.column.value = undefined;
                          }}
                          onInput={({ currentTarget }) => {
                            const values = told[column].split(',');
                            values[place] = currentTarget.value.replaceAll(',', '');
                            session.change({ [column]: values.join(',') });
                          }}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
            {errors.exponents === undefined ? (
              <p class="hint">numbers or fractions; b may be zero, for weights that start at zero</p>
            ) : (
              <p class="error" role="alert">
                {errors.exponents}
              </p>
            )}
          </fieldset>
          <TextField
            name="optimizer"
            label="Optimizer, or your own Q"
            value={told.optimizer}
            error={errors.optimizer}
            choices={optimizerNames}
            onChange={(optimizer) => session.change({ optimizer })}
          />
          <TextField
            name="depth"
            label="Hidden layers"
            value={told.depth}
            error={errors.depth}
            onChange={(depth) => session.change({ depth })}
          />
        </form>
        <div class="phase-more">
          {result === undefined ? null : (
            <MeasuredExponents measurement={session.measurement} predicted={result} optimizer={told.optimizer} />
          )}
          <Definitions session={session} />
        </div>
      </div>
    </main>
  );
}

const verdictOf = ({ regime, r }: Classification): string =>
  `${regime[0]?.toUpperCase()}${regime.slice(1)}, r = ${finite(r) ? printExponent(r) : '∞'}`;

function Verdict({ result, session }: { readonly result: Classification; readonly session: PhaseSession }) {
  const { stable, faithful, faithfulNeeded, nontrivial, names, reasons } = result;
  const told = session.told.value;
  const words = (value: boolean | undefined): string => (value === undefined ? '–' : value ? 'yes' : 'no');
  const depth = Math.min(6, result.depth);
  const hasLimit = stable && nontrivial === true;
  const limit = writeLink(
    {
      page: 'limit',
      told: {
        ...DEFAULTS,
        left: names[0] ?? ownText(told),
        right: 'ntp',
        optimizer: told.optimizer,
        depth: String(depth),
      },
    },
    DEFAULTS,
  );
  return (
    <section class="verdict" aria-live="polite">
      <h2>{verdictOf(result)}</h2>
      <dl class="facts">
        <div class={session.lit.value === 'stable' ? 'lit' : ''} {...pointing(session, 'stable')}>
          <dt>stable</dt>
          <dd>{words(stable)}</dd>
        </div>
        <div class={session.lit.value === 'faithful' ? 'lit' : ''} {...pointing(session, 'faithful')}>
          <dt>faithful</dt>
          <dd>{`${words(faithful)}${faithful || faithfulNeeded ? '' : ', which this rule does not mind'}`}</dd>
        </div>
        <div class={session.lit.value === 'nontrivial' ? 'lit' : ''} {...pointing(session, 'nontrivial')}>
          <dt>nontrivial</dt>
          <dd>{words(nontrivial)}</dd>
        </div>
        <div>
          <dt>trains like</dt>
          <dd>{names.length === 0 ? 'none that has a name' : names.join(', ')}</dd>
        </div>
      </dl>
      <ul>
        {reasons.map(({ text }) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <div class="buttons">
        {hasLimit ? (
          <a class="button" href={limit}>
            Open its limit
          </a>
        ) : (
          <span class="hint">It has no limit to open: what fails is above.</span>
        )}
        <button
          type="button"
          onClick={() => saveFile('mine.json', 'application/json', `${JSON.stringify(columnsJson(told), null, 2)}\n`)}
        >
          mine.json
        </button>
        <code>
          nexort classify --parametrization mine.json --depth {result.depth} --optimizer {told.optimizer}
        </code>
      </div>
    </section>
  );
}
