/** `nexort studio`: the library in a browser, on this machine. */

import type { Command } from 'commander';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { countUpTo } from '../options.ts';
import { runCommand } from '../run.ts';
import { openInBrowser } from '../studio/open.ts';
import { studioPages } from '../studio/pages.ts';
import { runFiles } from '../studio/request.ts';
import { runFolder } from '../studio/runFolder.ts';
import { serveStudio } from '../studio/server.ts';
import { print, printMessage } from '../terminal.ts';

interface StudioOptions {
  readonly port: number;
  readonly open: boolean;
}

const MOST_PORT = 65_535;

/** Adds the command. */
export function addStudioCommand(program: Command): void {
  program
    .command('studio')
    .description('see a network become its infinite-width limit, in a browser')
    .argument('[run]', 'a run folder, or another with results as .json, to open')
    .option(
      '--port <number>',
      'to listen on, of 127.0.0.1; 0 is any that is free',
      (text) => countUpTo(MOST_PORT, text, 0),
      0,
    )
    .option('--no-open', 'print the address, and open no browser')
    .addHelpText(
      'after',
      `
Serves the studio to this machine alone, under an address with a token, until Ctrl-C. Pages compute everything
themselves, in Web Workers, and load nothing from anywhere else. The address and its part behind # hold the whole state of a
page, which a link so shares. Of a run folder that is given, its .json, .safetensors and .npz files are served too, and nothing is
written.

Examples:
  nexort studio
  nexort studio runs/my-run
  nexort studio --port 8123 --no-open`,
    )
    .action((run: string | undefined, options: StudioOptions) => runCommand(() => studio(run, options)));
}

async function studio(run: string | undefined, { port, open }: StudioOptions): Promise<void> {
  const given = run === undefined ? undefined : runFolder(run);
  const folder = await studioPages(printMessage);
  const beside = { model: runFiles(EMBEDDED_MODEL), ...(given === undefined ? {} : { run: given }) };
  const server = await serveStudio(folder, port, beside);
  const address = run === undefined ? server.address : `${server.address}#runs?v=1&run=${encodeURIComponent(run)}`;
  print(`${address}\n`);
  printMessage('Ctrl-C ends it.');
  if (open) openInBrowser(address);
  await interrupted();
  await server.close();
}

/** Resolves at Ctrl-C and the like: to end the server is what they are for, and no failure. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
