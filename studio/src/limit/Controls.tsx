/** What is trained: net, rule, rate, data. */

import type { Field, Fields } from '../problem/fields.ts';
import { isPlane } from '../problem/grid.ts';
import { optimizerNames } from '../problem/names.ts';
import { pointLines, pointsOfLines } from '../problem/points.ts';
import { ACTIVATIONS } from '../problem/rules.ts';
import { Field as Labelled, TextField } from '../shell/Field.tsx';
import { CLASSIFIED, PRESETS, presetOf, REGRESSED } from './presets.ts';
import type { LimitSession } from './session.ts';

export const PARAMETRIZATIONS = ['mup', 'ntp', 'up:0.25', 'mean-field', 'sp'];

export function Controls({ session }: { readonly session: LimitSession }) {
  const { fields, errors } = session;
  const points = session.spec.value?.sides[0].points ?? [];
  const text = (
    name: Field,
    label: string,
    more: { readonly hint?: string; readonly choices?: readonly string[] } = {},
  ) => (
    <TextField
      name={name}
      label={label}
      value={fields.value[name]}
      error={errors.value[name]}
      onChange={(value) => session.change(name, value)}
      {...more}
    />
  );
  const preset = presetOf(fields.value);
  return (
    <form
      class="controls"
      data-tour="controls"
      aria-label="What is trained"
      onSubmit={(event) => event.preventDefault()}
    >
      <Labelled name="preset" label="Try">
        <select
          id="preset"
          value={preset?.name ?? ''}
          onChange={({ currentTarget }) => {
            const chosen = PRESETS.find(({ name }) => name === currentTarget.value);
            if (chosen !== undefined) session.tell({ ...fields.peek(), ...chosen.fields });
          }}
        >
          <option value="">choose an example…</option>
          {(['good', 'bad'] as const).map((kind) => (
            <optgroup key={kind} label={kind === 'good' ? 'Worth seeing' : 'Known bad'}>
              {PRESETS.filter((preset) => preset.kind === kind).map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </Labelled>
      {preset === undefined ? null : <p class="reason">{preset.why}</p>}
      {text('optimizer', 'Optimizer, or your own Q', {
        choices: optimizerNames,
        hint: 'a name, a name with settings (adam:beta2=0.95), or a formula: tanh(4 * gradient)',
      })}
      {text('rate', 'Learning rate')}
      <div class="row">
        {text('depth', 'Hidden layers')}
        {text('activation', 'Activation', { choices: ACTIVATIONS })}
      </div>
      <div class="row">
        {text('steps', 'Updates')}
        {text('seeds', 'Networks a width')}
      </div>
      <Data session={session} />
      <Labelled
        name="points"
        label={isPlane(points) ? 'Points: x, y and class by line' : 'Points, x and y by line'}
        error={errors.value.points}
        hint={`or click into a figure of ${isPlane(points) ? 'outputs' : 'functions'}; a click on a point removes it`}
      >
        <textarea
          id="points"
          rows={6}
          spellcheck={false}
          aria-invalid={errors.value.points !== undefined}
          aria-describedby={errors.value.points === undefined ? undefined : 'points-error'}
          value={pointLines(fields.value.points)}
          onInput={({ currentTarget }) => session.change('points', pointsOfLines(currentTarget.value))}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            const file = event.dataTransfer?.files[0];
            if (file === undefined) return;
            event.preventDefault();
            void dropped(file, session);
          }}
        />
      </Labelled>
      <details>
        <summary>Sampling and seed</summary>
        <div class="row">
          {text('samples', 'Samples')}
          {text('scramblings', 'Scramblings')}
        </div>
        <div class="row">
          {text('beside', 'Widths beside')}
          {text('seed', 'First seed')}
        </div>
        <p class="hint">
          The limit is sampled; its bands are two standard errors over the scramblings. More of both make them narrower.
        </p>
      </details>
    </form>
  );
}

/** Whether the data are a line with targets or a plane with classes, and which class a click adds. */
function Data({ session }: { readonly session: LimitSession }) {
  const plane = isPlane(session.spec.value?.sides[0].points ?? []);
  const kind = (is: boolean, label: string, fields: Partial<Fields>) => (
    <label>
      <input
        type="radio"
        name="data"
        checked={plane === is}
        onChange={() => session.tell({ ...session.fields.peek(), ...fields })}
      />{' '}
      {label}
    </label>
  );
  return (
    <>
      <fieldset class="choice">
        <legend>Data</legend>
        {kind(false, 'a function of x', REGRESSED)}
        {kind(true, 'two classes in a plane', CLASSIFIED)}
        {plane ? (
          <p class="hint">
            With sgd limits over a plane take seconds, with rules that are not linear, such as adam, minutes; the
            commands below compute the same.
          </p>
        ) : null}
      </fieldset>
      {plane ? (
        <fieldset class="choice">
          <legend>A click adds a point of</legend>
          {([1, -1] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="class"
                checked={session.drawnClass.value === one}
                onChange={() => {
                  session.drawnClass.value = one;
                }}
              />{' '}
              class {one === 1 ? '1 (circles)' : '−1 (squares)'}
            </label>
          ))}
        </fieldset>
      ) : null}
    </>
  );
}

/** A table of two columns is some hundred bytes. */
const MOST_BYTES = 100_000;

async function dropped(file: File, session: LimitSession): Promise<void> {
  if (file.size > MOST_BYTES) {
    session.errors.value = {
      ...session.errors.peek(),
      points: `“${file.name}” has ${file.size} bytes; expected a small table of columns x and y, or x, y and class. For more, take nexort limit --data.`,
    };
    return;
  }
  session.change('points', pointsOfLines(await file.text()));
}
