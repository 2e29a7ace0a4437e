/** Finished runs, opened from their files: kernels, scores, verdicts, transfers, coordinate checks. */

import { ExportMenu } from '../figure/ExportMenu.tsx';
import { NoSentences, SentencesSection } from '../sentences/SentencesSection.tsx';
import { Field } from '../shell/Field.tsx';
import { KernelSection } from './KernelSection.tsx';
import { Shown } from './Results.tsx';
import type { RunsSession } from './session.ts';

export function RunsPage({ session }: { readonly session: RunsSession }) {
  const { problems, results, kernels } = session;
  const open = (files: FileList | null | undefined): void => {
    if (files !== null && files !== undefined && files.length > 0) void session.open([...files]);
  };
  return (
    <main id="main" tabIndex={-1}>
      <div class="runs-head">
        <div class="head">
          <header class="lead">
            <h1>Open a run</h1>
            <p>
              The files of a run folder (<code>run.json</code>, <code>kernels.safetensors</code> or <code>.npz</code>),
              or what <code>nexort kernel</code>, <code>predict</code>, <code>regime</code>, <code>transfer</code> and{' '}
              <code>coord</code> print with <code>--json</code>. They stay in this page. <code>nexort studio RUN</code>{' '}
              opens a folder at once.
            </p>
          </header>
          <div class="buttons tools">
            <ExportMenu
              load={async () => {
                const { runsExports } = await import('./exports.ts');
                return () => runsExports(session);
              }}
            />
          </div>
        </div>
        <div class="drop">
          <Field name="files" label="Files, one or several" hint="or drop them here">
            <input
              id="files"
              type="file"
              multiple
              accept=".json,.safetensors,.npz"
              onChange={({ currentTarget }) => open(currentTarget.files)}
            />
          </Field>
          {problems.value.map((problem) => (
            <p key={problem} class="error" role="alert">
              {problem}
            </p>
          ))}
        </div>
      </div>
      {results.value.map(({ file, result }) => (
        <section key={file} class="exports">
          <Shown result={result} />
        </section>
      ))}
      {kernels.value.length === 0 ? null : <KernelSection session={session} />}
      {session.sentences === undefined ? <NoSentences /> : <SentencesSection session={session.sentences} />}
    </main>
  );
}
