/** What the phase page hands out. */

import { ruleOf } from 'nexort/parametrizations';
import {
  codeExport,
  commandsExport,
  csvExport,
  type Export,
  figureExports,
  jsonExport,
  linkExport,
  present,
} from '../figure/exports.ts';
import { writeLink } from '../link.ts';
import { columnsJson } from '../problem/exponents.ts';
import { shellWord } from '../problem/quoting.ts';
import { optimizerOf } from '../problem/rules.ts';
import {
  MEASURE_PROPORTIONAL_RATE,
  MEASURE_RATE,
  MEASURE_SEEDS,
  MEASURE_STEPS,
  MEASURE_WIDTHS,
} from '../work/measureSettings.ts';
import { classifyScript, measureScript } from './scripts.ts';
import type { PhaseSession } from './session.ts';
import { exponentRows, measuredRows, verdictJson, verdictRows } from './tables.ts';

/** All of it, once what is given can be read. */
export function phaseExports(session: PhaseSession): readonly Export[] {
  const { value: told } = session.told;
  const { result } = session.found.value;
  if (result === undefined) return [];
  const measured = session.measurement.state.value?.result;
  const link = writeLink({ page: 'phase', told }, session.usual);
  const { a, b, c, d, depth, optimizer } = told;
  const asked = { columns: { a, b, c, d }, depth: Number(depth), optimizer };
  const numbers = () => present(measured, 'nothing is measured of these exponents yet.');
  return [
    linkExport(link),
    commandsExport(() => commandsOf(asked), link),
    jsonExport('Exponents of the command lines', 'mine.json', () => columnsJson(asked.columns)),
    codeExport('TypeScript of the verdict', 'classify.ts', () => classifyScript(asked)),
    codeExport('TypeScript of the measurement', 'measure.ts', () => measureScript(asked, measureRate(optimizer))),
    jsonExport('Results, and the view', 'phase.json', () => ({
      ...{ kind: 'nexort-studio-phase', nexort: __VERSION__, link, asked: told },
      ...{ verdict: verdictJson(result), measured },
    })),
    csvExport('Verdict', 'verdict.csv', () => verdictRows(result)),
    csvExport('Exponents by layer', 'exponents.csv', () => exponentRows(result)),
    csvExport('Measured exponents', 'measured.csv', () => measuredRows(numbers())),
    ...figureExports('main', 'The diagram', 'phase'),
  ];
}

/** Rules that move weights, and others, are trained at the rates of the measurement. */
function measureRate(given: string): number {
  const { optimizer, settings } = optimizerOf(given);
  return ruleOf(optimizer, { settings }).linear ? MEASURE_PROPORTIONAL_RATE : MEASURE_RATE;
}

/** The verdict, and the measurement with the settings of the page. */
function commandsOf({ depth, optimizer }: { readonly depth: number; readonly optimizer: string }): readonly string[] {
  const shared = ['--parametrization', 'mine.json', '--depth', String(depth), '--optimizer', optimizer.trim()];
  const sizes = [
    '--widths',
    MEASURE_WIDTHS.join(','),
    '--seeds',
    String(MEASURE_SEEDS),
    '--steps',
    String(MEASURE_STEPS),
  ];
  return [
    ['nexort', 'classify', ...shared],
    ['nexort', 'coord', ...shared, ...sizes, '--learning-rate', String(measureRate(optimizer))],
  ].map((words) => words.map(shellWord).join(' '));
}
