/** What the program page hands out. */

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
import { checkCommand } from './command.ts';
import { checkScript } from './script.ts';
import type { ProgramSession } from './session.ts';
import { distanceRows, gramRows, ketRows, limitRows } from './tables.ts';

export function programExports(session: ProgramSession): readonly Export[] {
  const { value: file } = session.fileName;
  const { value: text } = session.text;
  const { value: steps } = session.steps;
  const { program } = session.read.value;
  const { value: checked } = session.checked;
  const { value: kets } = session.kets;
  const link = writeLink({ page: 'program', told: session.told.value }, session.usual);
  const numbers = () => present(checked, 'nothing is computed of it yet.');
  const table = () => present(kets, 'there are no kets of it yet.');
  return [
    linkExport(link),
    commandsExport(() => [checkCommand(file, program, steps)], link),
    codeExport('Program', file, () => text),
    codeExport('TypeScript of the check', 'check.ts', () =>
      checkScript(text, present(program, 'the text is no program yet.'), Number(steps)),
    ),
    jsonExport('Results, and the view', 'program.json', () => ({
      ...{ kind: 'nexort-studio-program', nexort: __VERSION__, link, file, text, steps: Number(steps) },
      ...{ checked: numbers(), kets },
    })),
    csvExport('Kets', 'kets.csv', () => ketRows(table())),
    csvExport('Inner products', 'inner-products.csv', () => gramRows(table())),
    csvExport('Limits', 'limits.csv', () => limitRows(numbers())),
    csvExport('Distances by width', 'distances.csv', () => distanceRows(numbers())),
    ...figureExports('main'),
  ];
}
