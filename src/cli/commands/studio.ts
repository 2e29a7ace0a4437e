/** `nexort studio`: the library in a browser, on this machine. */

import type { Command } from 'commander';
import { EMBEDDED_MODEL } from '../embeddedModel.ts';
import { idleOption } from '../errors.ts';
import { countUpTo } from '../options.ts';
import { reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { linkOf } from '../studio/link.ts';
import { onePage } from '../studio/onePage.ts';
import { openInBrowser } from '../studio/open.ts';
import { studioPages } from '../studio/pages.ts';
import { runFiles } from '../studio/request.ts';
import { runFolder } from '../studio/runFolder.ts';
import { serveStudio, USUAL_PORT } from '../studio/server.ts';
import { print, printMessage } from '../terminal.ts';

interface StudioOptions {
  readonly port?: number;
  readonly open: boolean;
  readonly export?: string;
  readonly link?: string;
}

const MOST_PORT = 65_535;

const EXPORT_OF_RUN = 'a run is served; its report.html is a file already';
const LINK_OF_RUN = 'a run that is given opens at its own page';

/** Adds the command. */
export function addStudioCommand(program: Command): void {
  program
    .command('studio')
    .description('see a network become its infinite-width limit, in a browser')
    .argument('[run]', 'a run folder, or another with results as .json, to open')
    .option(
      '--port <number>',
      `to listen on, of 127.0.0.1; 0 is any that is free (default: ${USUAL_PORT} where it is free)`,
      (text) => countUpTo(MOST_PORT, text, 0),
    )
    .option('--no-open', 'print the address, and open no browser')
    .option('--link <link>', 'a page with its state, as an address of the studio has it from # on')
    .option('--export <file>', 'write the studio as one HTML file, which opens and trains by itself, and serve nothing')
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
  nexort studio --port 8123 --no-open
  nexort studio --export page.html --link '#limit?v=1&depth=3'`,
    )
    .action((run: string | undefined, options: StudioOptions) => runCommand(() => studio(run, options)));
}

async function studio(run: string | undefined, options: StudioOptions): Promise<void> {
  const { port, open, export: file } = options;
  const link = options.link === undefined ? undefined : linkOf(options.link);
  if (run !== undefined && file !== undefined) throw idleOption('--export', EXPORT_OF_RUN);
  if (run !== undefined && link !== undefined) throw idleOption('--link', LINK_OF_RUN);
  if (file !== undefined) {
    const write = await reportWriter(file, 'export');
    printMessage(await write(onePage(await studioPages(printMessage), link)));
    return;
  }
  const given = run === undefined ? undefined : runFolder(run);
  const folder = await studioPages(printMessage);
  const beside = { model: runFiles(EMBEDDED_MODEL), ...(given === undefined ? {} : { run: given }) };
  const server = await serveStudio(folder, port, beside);
  const begun = run === undefined ? (link ?? '') : `#runs?v=1&run=${encodeURIComponent(run)}`;
  const address = `${server.address}${begun}`;
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
