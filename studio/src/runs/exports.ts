/** What the page of runs hands out: of what is opened and computed, everything that is shown. */

import type { Explanation } from 'nexort/lm';
import {
  codeExport,
  commandsExport,
  csvExport,
  type Export,
  figureExports,
  jsonExport,
  linkExport,
} from '../figure/exports.ts';
import { fileName } from '../figure/save.ts';
import { writeLink } from '../link.ts';
import { shellWord } from '../problem/quoting.ts';
import { explainCommand } from './ExampleWhy.tsx';
import { explanationOf } from './explained.ts';
import { explainRow } from './fits.ts';
import type { DrawKernel } from './kernels.ts';
import { madeLines } from './made.ts';
import type { Result } from './results.ts';
import { runScript } from './script.ts';
import type { RunsSession } from './session.ts';
import { coordRows, criterionRows, entryRows, reasonRows, scoreRows, spectrumRows, sweepRows } from './tables.ts';

export function runsExports(session: RunsSession): readonly Export[] {
  const { value: run } = session.run;
  const { value: results } = session.results;
  const { value: kernels } = session.kernels;
  const kernel = kernels.find(({ name }) => name === session.chosen.value) ?? kernels[0];
  const why = kernel === undefined ? undefined : shownReasons(session, kernel);
  const link = writeLink({ page: 'runs', told: session.told.value }, session.usual);
  const typed = session.sentences?.found.value;
  const typedReasons = typed?.explanations.get(session.sentences?.row.value ?? -1);
  const isRun = kernels.length > 0 || session.made.value !== undefined;
  return [
    // What was opened by hand is in no link.
    ...(run === '' ? [] : [linkExport(link)]),
    commandsExport(() => commandsOf(session, kernel), link),
    ...(isRun
      ? [codeExport('TypeScript that reads the run', 'run.ts', () => runScript(run === '' ? 'RUN' : run))]
      : []),
    ...(results.length === 0 && kernel === undefined
      ? []
      : [
          jsonExport('Results', 'shown.json', () => ({
            ...{ kind: 'nexort-studio-runs', nexort: __VERSION__, run: run === '' ? null : run },
            results: finiteJson(results),
            kernel: kernel === undefined ? null : { ...kernel, entries: [...kernel.entries] },
            explanation: why?.explanation ?? null,
          })),
        ]),
    ...results.flatMap(({ file, result }) => resultExports(fileName(file.replace(/\.json$/i, '')), result)),
    ...(kernel === undefined ? [] : kernelExports(kernel, fileName(kernel.name))),
    ...(why === undefined
      ? []
      : [csvExport('What carries the prediction', 'reasons.csv', () => reasonRows(why.explanation))]),
    ...(typed === undefined
      ? []
      : [
          jsonExport('Kernel of the sentences', 'sentences.json', () => ({
            ...{ kind: 'nexort-studio-sentences', nexort: __VERSION__ },
            kernel: { ...typed.kernel, entries: [...typed.kernel.entries] },
            zeroShot: typed.zeroShot,
            explanations: Object.fromEntries(typed.explanations),
          })),
          ...kernelExports({ ...typed.kernel, name: 'of the sentences' }, 'sentences'),
        ]),
    ...(typedReasons === undefined
      ? []
      : [csvExport('What carries the sentence’s prediction', 'sentence-reasons.csv', () => reasonRows(typedReasons))]),
    ...figureExports('main'),
  ];
}

const kernelExports = (kernel: DrawKernel, file: string): readonly Export[] => {
  const { name, eigenvalues } = kernel;
  return [
    csvExport(`Entries of ${name}`, `${file}.csv`, () => entryRows(kernel)),
    ...(eigenvalues === undefined
      ? []
      : [csvExport(`Spectrum of ${name}`, `${file}-spectrum.csv`, () => spectrumRows(eigenvalues))]),
  ];
};

function resultExports(file: string, result: Result): readonly Export[] {
  switch (result.kind) {
    case 'scores':
      return [csvExport('Scores', `${file}-scores.csv`, () => scoreRows(result))];
    case 'regime':
      return [csvExport('Criteria', `${file}-criteria.csv`, () => criterionRows(result))];
    case 'transfer':
      return [csvExport('Losses by value', `${file}-losses.csv`, () => sweepRows(result))];
    case 'coord':
      return [csvExport('Exponents by layer', `${file}-exponents.csv`, () => coordRows(result))];
    case 'predictions':
      return result.predictions.map((one, place) =>
        csvExport(`Why “${one.text}” is ${one.label}`, `${file}-${place + 1}.csv`, () => reasonRows(one)),
      );
    default:
      return result satisfies never;
  }
}

/** The example that is looked at, and all that is known of why it is predicted so. */
function shownReasons(
  session: RunsSession,
  kernel: DrawKernel,
): { readonly explanation: Explanation; readonly row: number; readonly text: string } | undefined {
  const { value: fits } = session.fits;
  const { value: row } = session.row;
  if (fits === undefined || row === undefined || kernel.roles[row] !== 'test') return undefined;
  try {
    const own = explainRow(fits, kernel, row);
    if (own === undefined) return undefined;
    const { kind, seed } = kernel;
    const asked = session.live?.asked(fits, kernel, own);
    const computed = asked === undefined ? undefined : session.live?.found.value.get(asked.key);
    const explanation = explanationOf(session.explained.value, { kind, seed, text: own.text }) ?? computed ?? own;
    return { explanation, row: own.row, text: own.text };
  } catch {
    // The page says why beside the example.
    return undefined;
  }
}

/** What made the run, what explains its example, and what shows it. */
function commandsOf(session: RunsSession, kernel: DrawKernel | undefined): readonly string[] {
  const { value: run } = session.run;
  const { value: made } = session.made;
  const why = kernel === undefined ? undefined : shownReasons(session, kernel);
  return [
    ...(made === undefined ? [] : madeLines(made)),
    ...(kernel === undefined || why === undefined
      ? []
      : [explainCommand(run, { ...kernel, text: why.text, second: kernel.seconds?.[why.row] })]),
    ...(run === '' ? [] : [`nexort studio ${shellWord(run)}`]),
  ];
}

/** JSON has no word for what is infinite: widths have one here. */
const finiteJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one) => (one === Number.POSITIVE_INFINITY ? 'infinity' : one)));
