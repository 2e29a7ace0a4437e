/** What the transfer page hands out: of what was computed here everything, of files that were opened their numbers. */

import {
  codeExport,
  commandsExport,
  csvExport,
  type Export,
  figureExports,
  jsonExport,
  linkExport,
} from '../figure/exports.ts';
import { writeLink } from '../link.ts';
import { coordRows, sweepRows } from '../runs/tables.ts';
import { commandText, coordArguments, sweepArguments } from './command.ts';
import { checkedScript, sweepScript } from './scripts.ts';
import type { TransferSession } from './session.ts';

export function transferExports(session: TransferSession): readonly Export[] {
  const { value: told } = session.told;
  const fields = session.read.value;
  const { value: found } = session.sweep;
  const { value: checked } = session.coord;
  const { value: computed } = session.computed;
  const { value: shown } = session.shown;
  // Of what was opened, neither says what it was made with.
  const sweep = found === undefined ? fields.sweep : shown.sweep;
  const coord = checked === undefined ? fields.coord : shown.coord;
  const link = writeLink({ page: 'transfer', told }, session.usual);
  const commands = [
    ...(sweep === undefined ? [] : [commandText('transfer', sweepArguments(sweep))]),
    ...(coord === undefined ? [] : [commandText('coord', coordArguments(coord))]),
  ];
  return [
    linkExport(link),
    commandsExport(() => commands, link),
    ...(sweep === undefined ? [] : [codeExport('TypeScript of the sweep', 'transfer.ts', () => sweepScript(sweep))]),
    ...(coord === undefined ? [] : [codeExport('TypeScript of the check', 'coord.ts', () => checkedScript(coord))]),
    ...(computed.sweep === undefined
      ? []
      : [jsonExport('The sweep, as the command prints it', 'transfer.json', () => computed.sweep ?? {})]),
    ...(computed.coord === undefined
      ? []
      : [jsonExport('The check, as the command prints it', 'coord.json', () => computed.coord ?? {})]),
    ...(found === undefined ? [] : [csvExport('Losses by rate', 'transfer.csv', () => sweepRows(found))]),
    ...(checked === undefined ? [] : [csvExport('Exponents by layer', 'coord.csv', () => coordRows(checked))]),
    ...(found === undefined && checked === undefined ? [] : figureExports('main')),
  ];
}
