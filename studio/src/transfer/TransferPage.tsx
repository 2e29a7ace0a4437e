/** Whether the best learning rate stays as networks grow, and whether coordinates scale as predicted. */

import { ExportMenu } from '../figure/ExportMenu.tsx';
import { optimizerNames } from '../problem/names.ts';
import { ACTIVATIONS } from '../problem/rules.ts';
import { Coord, Sweeps } from '../runs/Results.tsx';
import { Field, TextField } from '../shell/Field.tsx';
import { WorkRow } from '../shell/WorkRow.tsx';
import { commandText, coordArguments, sweepArguments } from './command.ts';
import type { Field as FieldName } from './fields.ts';
import type { TransferSession } from './session.ts';

/** Of a sweep that is asked about. */
const FASTER = 'The command below trains faster, and goes on where it was stopped.';

export function TransferPage({ session }: { readonly session: TransferSession }) {
  const { sweep, coord } = session.read.value;
  const { value: from } = session.from;
  const { value: found } = session.sweep;
  const { value: checked } = session.coord;
  return (
    <main id="main" tabIndex={-1}>
      <div class="head">
        <header class="lead">
          <h1>Does the best learning rate stay where it is?</h1>
          <p>
            In µP what is tuned on a narrow network holds for a wide one. Train small networks here, or open what{' '}
            <code>nexort transfer</code> and <code>nexort coord</code> print with <code>--json</code>.
          </p>
        </header>
        <div class="buttons tools">
          <ExportMenu
            load={async () => {
              const { transferExports } = await import('./exports.ts');
              return () => transferExports(session);
            }}
          />
        </div>
      </div>
      <form class="fields" aria-label="Network" onSubmit={(event) => event.preventDefault()}>
        <Text session={session} name="depth" label="Hidden layers" />
        <Text session={session} name="activation" label="Activation" choices={ACTIVATIONS} />
        <Text session={session} name="optimizer" label="Optimizer" choices={optimizerNames} />
        <Text session={session} name="seed" label="First seed" />
        <Field name="results" label="Results of commands">
          <input
            id="results"
            type="file"
            multiple
            accept=".json"
            onChange={({ currentTarget }) => void session.open([...(currentTarget.files ?? [])])}
          />
        </Field>
      </form>
      {session.problems.value.map((problem) => (
        <p key={problem} class="error" role="alert">
          {problem}
        </p>
      ))}
      <section class="exports">
        <h2>Loss against learning rate</h2>
        <form class="fields" aria-label="Sweep" onSubmit={(event) => event.preventDefault()}>
          <Text session={session} name="widths" label="Widths" hint="“inf” for the infinite network too" />
          <Text session={session} name="rates" label="Learning rates" />
          <Text session={session} name="parametrizations" label="Parametrizations" />
          <Text session={session} name="steps" label="Updates" />
          <Text session={session} name="seeds" label="Networks each" />
          {session.told.value.widths.includes('inf') ? (
            <Text session={session} name="samples" label="Samples of an infinite width" />
          ) : null}
        </form>
        <WorkRow
          work={session.sweepWork.value}
          label="Train"
          instead={FASTER}
          ready={sweep !== undefined}
          start={() => void session.plan()}
          goOn={() => void session.train()}
          cancel={() => session.cancel()}
        />
        {found === undefined ? (
          <p class="empty">Nothing is trained yet.</p>
        ) : (
          <>
            <p class="hint">{from.sweep}</p>
            <Sweeps result={found} />
          </>
        )}
        {sweep === undefined ? null : <Command text={commandText('transfer', sweepArguments(sweep))} />}
      </section>
      <section class="exports">
        <h2>Exponents by layer</h2>
        <form class="fields" aria-label="Check of coordinates" onSubmit={(event) => event.preventDefault()}>
          <Text session={session} name="coordWidths" label="Widths, at least three" />
          <Text session={session} name="coordParametrization" label="Parametrization" />
          <Text session={session} name="coordRate" label="Learning rate" />
          <Text session={session} name="coordSteps" label="Updates" />
          <Text session={session} name="coordSeeds" label="Networks each" />
        </form>
        <WorkRow
          work={session.coordWork.value}
          label="Check"
          instead="The command below checks faster."
          ready={coord !== undefined}
          start={() => void session.planCheck()}
          goOn={() => void session.check()}
          cancel={() => session.cancelCheck()}
        />
        {checked === undefined ? (
          <p class="empty">Nothing is checked yet.</p>
        ) : (
          <>
            <p class="hint">{from.coord}</p>
            <Coord result={checked} />
          </>
        )}
        {coord === undefined ? null : <Command text={commandText('coord', coordArguments(coord))} />}
      </section>
    </main>
  );
}

function Text({
  session,
  name,
  ...props
}: {
  readonly session: TransferSession;
  readonly name: FieldName;
  readonly label: string;
  readonly hint?: string;
  readonly choices?: readonly string[];
}) {
  return (
    <TextField
      name={name}
      value={session.told.value[name]}
      error={session.read.value.errors[name]}
      onChange={(value) => session.change(name, value)}
      {...props}
    />
  );
}

const Command = ({ text }: { readonly text: string }) => (
  <>
    <p class="hint">The same by the command, which does more of it faster:</p>
    <pre>
      <code>{text}</code>
    </pre>
  </>
);
