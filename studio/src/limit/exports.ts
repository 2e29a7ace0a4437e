/** What the limit page hands out. */

import {
  codeExport,
  commandsExport,
  csvExport,
  type Export,
  figureExports,
  linkExport,
  textExport,
} from '../figure/exports.ts';
import { fileName } from '../figure/save.ts';
import { dataFile, limitCommand } from '../problem/command.ts';
import { nameOf } from '../problem/nameOf.ts';
import { textPool } from '../work/pools.ts';
import { limitLink } from './link.ts';
import type { LimitSession } from './session.ts';
import { lossTable, outputTable, resultJson } from './tables.ts';
import { shownWidths } from './wanted.ts';

/** All of it, once what is given can be read. */
export function limitExports(session: LimitSession): readonly Export[] {
  const { value: spec } = session.spec;
  if (spec === undefined) return [];
  const widths = [...shownWidths(spec)].sort((a, b) => a - b);
  const sides = spec.sides.map((side) => ({ side, name: nameOf(side.parametrization) }));
  const link = limitLink(session);
  const script = (kind: 'ts' | 'nex'): readonly Export[] =>
    sides.map(({ side, name }) =>
      codeExport(
        `${kind === 'ts' ? 'TypeScript of the limit' : 'Program of an update'}, ${name}`,
        `${kind === 'ts' ? 'limit' : 'step'}-${fileName(side.parametrization)}.${kind}`,
        () => textPool().run('text', { kind: kind === 'ts' ? 'script' : 'program', spec: side }).result,
      ),
    );
  return [
    linkExport(link),
    commandsExport(() => spec.sides.map((side) => limitCommand(side, widths, spec.seeds)), link),
    csvExport('Data of the command lines', 'points.csv', () => dataFile(spec.sides[0])),
    ...script('ts'),
    ...script('nex'),
    textExport('Results, and the view', 'limit.json', 'application/json', () => resultJson(session, spec)),
    csvExport('Outputs after the last update', 'outputs.csv', () => outputTable(session, spec)),
    csvExport('Losses by update', 'losses.csv', () => lossTable(session, spec)),
    ...figureExports('.sides'),
  ];
}
