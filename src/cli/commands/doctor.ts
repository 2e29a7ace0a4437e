/** `nexort doctor`: whether this installation and this machine are in order, and what to do where they are not. */

import type { Command } from 'commander';
import { counted } from '../../errors/wording/index.ts';
import { agrees, benchText, examine, type Finding, gpuBench } from '../doctor/index.ts';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { FAILED, runCommand } from '../run.ts';
import { print, printMessage } from '../terminal.ts';

/** Where runs go unless `--out` says otherwise. */
const RUNS = 'runs';

/** Adds the command. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the installation and the machine: memory, engine, numbers, model')
    .option('--bench', 'in place of that, time a GPU beside the CPU: a few minutes', false)
    .option('--json', 'print one JSON object instead of a list', false)
    .addHelpText(
      'after',
      `
With --bench a product of matrices, a pass forward and backward and a small kernel run on the CPU and on the GPU in turn, at sizes
that fit their speed, after both have been found to agree to 32 bits. The JSON object then holds gpus (as the system names them),
cpu, runtime, deviation, fell (whether the CPU did some operations) and tasks [{task, size, deviation, tolerance, cpu, gpu, runs}],
times in seconds. Exit code 0: all agree. 1: not. 2: there is no GPU.

Examples:
  nexort doctor
  nexort doctor --json
  nexort doctor --bench`,
    )
    .action(({ json, bench }: { readonly json: boolean; readonly bench: boolean }) =>
      runCommand(() => (bench ? benchDevices(json) : doctor(json))),
    );
}

async function benchDevices(json: boolean): Promise<void> {
  const found = await gpuBench((name) => printMessage(`${name} …`));
  print(json ? `${JSON.stringify(found)}\n` : benchText(found));
  if (found.tasks.length === 0 || !found.tasks.every(agrees)) process.exitCode = FAILED;
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
