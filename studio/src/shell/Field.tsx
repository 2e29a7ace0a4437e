/** A labelled control with what is wrong beside it. */

import type { ComponentChildren } from 'preact';

export interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: string;
  readonly children: ComponentChildren;
}

export function Field({ name, label, error, hint, children }: FieldProps) {
  return (
    <div class={error === undefined ? 'field' : 'field wrong'}>
      <label for={name}>{label}</label>
      {children}
      {error === undefined ? (
        hint === undefined ? null : (
          <p class="hint">{hint}</p>
        )
      ) : (
        <p class="error" id={`${name}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Offered while typing. */
  readonly choices?: readonly string[];
  readonly onChange: (value: string) => void;
}

/** A line of text. */
export function TextField({ name, label, value, error, hint, choices, onChange }: TextProps) {
  return (
    <Field name={name} label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      <input
        id={name}
        value={value}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${name}-error`}
        list={choices === undefined ? undefined : `${name}-choices`}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {choices === undefined ? null : (
        <datalist id={`${name}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </Field>
  );
}
