/** What carries the prediction of an example of a run: by training example at once, by layer and token once it is computed or opened. */

import { useEffect, useMemo } from 'preact/hooks';
import { shellWord } from '../problem/quoting.ts';
import { WorkRow } from '../shell/WorkRow.tsx';
import { explanationOf } from './explained.ts';
import type { Explained, RunFits } from './fits.ts';
import { BETWEEN, type DrawKernel } from './kernels.ts';
import type { LiveParts } from './live.ts';
import type { RunsSession } from './session.ts';
import { Why } from './Why.tsx';

export interface ExampleWhyProps {
  readonly session: RunsSession;
  readonly fits: RunFits;
  readonly kernel: DrawKernel;
  readonly shown: Explained;
}

export function ExampleWhy({ session, fits, kernel, shown }: ExampleWhyProps) {
  const { kind, seed, seconds } = kernel;
  const { text, actual, row } = shown;
  const { live } = session;
  const asked = useMemo(() => live?.asked(fits, kernel, shown), [live, fits, kernel, shown]);
  const opened = explanationOf(session.explained.value, { kind, seed, text });
  const computed = asked === undefined ? undefined : live?.found.value.get(asked.key);
  const more = opened ?? computed;
  useEffect(() => {
    if (more === undefined && asked !== undefined) void live?.offer(asked);
  }, [live, asked, more]);
  const command = explainCommand(session.run.value, { kind, seed, text, second: seconds?.[row] });
  return (
    <>
      <Why text={text} explanation={more ?? shown} kind={kind} actual={actual} />
      {more === undefined ? (
        <div class="parts">
          {live === undefined || asked === undefined ? null : <Compute live={live} asked={asked} />}
          <p class="hint">
            By the command: run this, and open <code>why.json</code> here.
            <code class="command">{command}</code>
          </p>
        </div>
      ) : (
        <p class="hint">
          {opened === undefined ? 'By layer and token as computed in this page.' : 'From the file that was opened.'}
        </p>
      )}
    </>
  );
}

function Compute({ live, asked }: { readonly live: LiveParts; readonly asked: ReturnType<LiveParts['asked']> }) {
  if (typeof asked.job === 'string') return <p class="hint">{`By layer and token: ${asked.job}`}</p>;
  return (
    <>
      <WorkRow
        work={live.workOf(asked)}
        label="By layer and token"
        ready
        instead="The command below is faster."
        start={() => void live.plan(asked)}
        goOn={() => void live.explain(asked)}
        cancel={() => live.cancel()}
      />
      <p class="hint">
        This takes the model itself. The run is of the embedded one, which with its runtime is fetched when you begin,
        35 MB.
      </p>
    </>
  );
}

interface Asked {
  readonly kind: string;
  readonly seed: number;
  readonly text: string;
  readonly second: string | undefined;
}

export function explainCommand(run: string, { kind, seed, text, second }: Asked): string {
  const first = second === undefined ? text : text.slice(0, text.length - BETWEEN.length - second.length);
  const texts = `--text ${shellWord(first)}${second === undefined ? '' : ` --text2 ${shellWord(second)}`}`;
  const folder = run === '' ? 'RUN' : shellWord(run);
  return `nexort predict ${folder} --kernel ${kind} --seed ${seed} ${texts} --explain --json > why.json`;
}
