/** What is trained: net, rule, rate, data. */

import type { Field } from '../problem/fields.ts';
import { optimizerNames } from '../problem/names.ts';
import { pointLines, pointsOfLines } from '../problem/points.ts';
import { ACTIVATIONS } from '../problem/rules.ts';
import { Field as Labelled, TextField } from '../shell/Field.tsx';
import { PRESETS } from './presets.ts';
import type { LimitSession } from './session.ts';

export const PARAMETRIZATIONS = ['mup', 'ntp', 'up:0.25', 'mean-field', 'sp'];

export function Controls({ session }: { readonly session: LimitSession }) {
  const { fields, errors } = session;
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
  return (
    <form class="controls" aria-label="What is trained" onSubmit={(event) => event.preventDefault()}>
      <Labelled name="preset" label="Try">
        <select
          id="preset"
          value=""
          onChange={({ currentTarget }) => {
            const preset = PRESETS.find(({ name }) => name === currentTarget.value);
            if (preset !== undefined) session.tell({ ...fields.peek(), ...preset.fields });
          }}
        >
          <option value="">choose an example…</option>
          {PRESETS.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Labelled>
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
      <Labelled
        name="points"
        label="Points, x and y by line"
        error={errors.value.points}
        hint="or click into a figure of functions; a click on a point removes it"
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

/** A table of two columns is some hundred bytes. */
const MOST_BYTES = 100_000;

async function dropped(file: File, session: LimitSession): Promise<void> {
  if (file.size > MOST_BYTES) {
    session.errors.value = {
      ...session.errors.peek(),
      points: `“${file.name}” has ${file.size} bytes; expected a small table of two columns, x and y. For more, take nexort limit --data.`,
    };
    return;
  }
  session.change('points', pointsOfLines(await file.text()));
}
