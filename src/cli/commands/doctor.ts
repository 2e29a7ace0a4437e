/** `nexort doctor`: whether this installation and this machine are in order, and what to do where they are not. */

import type { Command } from 'commander';
import { counted } from '../../errors/wording/index.ts';
import { examine, type Finding } from '../doctor/index.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { FAILED, runCommand } from '../run.ts';
import { print } from '../terminal.ts';

/** Where runs go unless `--out` says otherwise. */
const RUNS = 'runs';

/** Adds the command. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the installation and the machine: memory, engine, numbers, model')
    .option('--json', 'print one JSON object instead of a list', false)
    .addHelpText('after', '\nExamples:\n  nexort doctor\n  nexort doctor --json')
    .action(({ json }: { readonly json: boolean }) => runCommand(() => doctor(json)));
}

async function doctor(json: boolean): Promise<void> {
  const findings = await examine({ model: EMBEDDED_MODEL, runs: RUNS });
  const fine = !findings.some(({ status }) => status === 'problem');
  print(json ? `${JSON.stringify({ ok: fine, findings })}\n` : findingLines(findings));
  if (!fine) process.exitCode = FAILED;
}

function findingLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, found, fix }) => [
    `${status.padEnd('problem'.length)}  ${check.padEnd(width)}  ${found}`,
    ...(fix === undefined ? [] : [`${' '.repeat('problem'.length + 2 + width)}  → ${fix}`]),
  ]);
  const count = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const closing = problems === 0 ? 'No problems' : counted(problems, 'problem');
  return `${[...lines, '', warnings === 0 ? `${closing}.` : `${closing}, ${counted(warnings, 'warning')}.`].join('\n')}\n`;
}
