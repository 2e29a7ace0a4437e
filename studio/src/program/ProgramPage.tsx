/** A program as one writes it: what is wrong with it, its kets, and how it approaches its limit. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ExportMenu } from '../figure/ExportMenu.tsx';
import { toldBy } from '../figure/opened.ts';
import { saveFile } from '../figure/save.ts';
import { Field, TextField } from '../shell/Field.tsx';
import { Convergence } from './Convergence.tsx';
import { checkCommand } from './command.ts';
import type { Editor } from './editor.ts';
import { EXAMPLES } from './examples.ts';
import { Gram } from './Gram.tsx';
import { GraphView } from './graph/GraphView.tsx';
import { Kets } from './Kets.tsx';
import { Rules } from './Rules.tsx';
import type { ProgramSession } from './session.ts';

export function ProgramPage({ session }: { readonly session: ProgramSession }) {
  const { program, inFragment, remarks } = session.read.value;
  const { value: shown } = session.shown;
  const { value: fileName } = session.fileName;
  const editor = useRef<Editor | undefined>(undefined);
  return (
    <main id="main" tabIndex={-1}>
      <div class="head">
        <header class="lead">
          <h1>Write a program, read its limit</h1>
          <p>
            A tensor program in NE⊗OR⊤ has an infinite-width limit: its vectors become random variables, kets, and its
            averages numbers. Edit one, and see both.
          </p>
        </header>
        <div class="buttons tools">
          <ExportMenu
            load={async () => {
              const { programExports } = await import('./exports.ts');
              return () => programExports(session);
            }}
            onOpen={async (file) => {
              session.tell(await toldBy(file, 'program'));
            }}
          />
        </div>
      </div>
      <div class="program-layout">
        <div class="results">
          <FilePlace session={session}>
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
            <EditorPlace session={session} editor={editor} />
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
              <button type="button" onClick={() => saveFile(fileName, 'text/plain', session.text.peek())}>
                Save {fileName}
              </button>
              <OpenFile session={session} />
              <code>{checkCommand(fileName, program, session.steps.value)}</code>
            </div>
            {session.fileProblem.value === undefined ? null : (
              <p class="error" role="alert">
                {session.fileProblem.value}
              </p>
            )}
          </FilePlace>
          <Kets session={session} />
          <Gram session={session} />
        </div>
        <div class="results">
          {shown === undefined ? null : (
            <GraphView
              shown={shown}
              isStale={program === undefined}
              chosen={session.chosen.value?.name}
              lit={session.lit.value?.rule}
              onChoose={(name) => session.choose(name)}
              onOpen={() => editor.current?.focus(session.chosen.peek()?.place)}
            />
          )}
          <Rules session={session} />
        </div>
      </div>
      <Convergence session={session} />
    </main>
  );
}

interface EditorProps {
  readonly session: ProgramSession;
  readonly editor: { current: Editor | undefined };
}

function EditorPlace({ session, editor }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isOpen = true;
    void import('./editor.ts').then(({ openEditor }) => {
      if (!isOpen || place.current === null) return;
      editor.current = openEditor(place.current, session.text.peek(), {
        onChange: (text) => session.write(text),
        onCaret: (line, column) => session.chooseAt(line, column),
      });
      editor.current.show(session.read.peek().remarks);
    });
    return () => {
      isOpen = false;
      editor.current?.close();
      editor.current = undefined;
    };
  }, [session, editor]);
  const { value: text } = session.text;
  const { remarks } = session.read.value;
  const { value: chosen } = session.chosen;
  useEffect(() => {
    // What is newest: a letter may have come since this was drawn.
    editor.current?.put(session.text.peek());
    editor.current?.show(session.read.peek().remarks);
  }, [session, editor, text, remarks]);
  useEffect(() => {
    const isRead = session.read.peek().program !== undefined;
    editor.current?.choose(isRead ? chosen?.place : undefined);
  }, [session, editor, chosen]);
  return <div class="editor" ref={place} />;
}

/** Where a file may be dropped. */
function FilePlace({ session, children }: { readonly session: ProgramSession; readonly children: ComponentChildren }) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be picked by the button too
    <div
      class={isOver ? 'file-place over' : 'file-place'}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files') !== true) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDropCapture={(event) => {
        const file = event.dataTransfer?.files[0];
        if (file === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        void session.open(file);
      }}
    >
      {children}
    </div>
  );
}

function OpenFile({ session }: { readonly session: ProgramSession }) {
  return (
    <label class="button file-button">
      Open a .nex file
      <input
        type="file"
        accept=".nex,text/plain"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) void session.open(file);
          // The same file again is a change too.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
