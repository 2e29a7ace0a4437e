/** `nexort studio`: the library in a browser, on this machine. */

import type { Command } from 'commander';
import { countUpTo } from '../options.ts';
import { reportWriter } from '../reportFile.ts';
import { runCommand } from '../run.ts';
import { linkOf } from '../studio/link.ts';
import { onePage } from '../studio/onePage.ts';
import { openInBrowser } from '../studio/open.ts';
import { studioPages } from '../studio/pages.ts';
import { serveStudio } from '../studio/server.ts';
import { print, printMessage } from '../terminal.ts';

interface StudioOptions {
  readonly port: number;
  readonly open: boolean;
  readonly export?: string;
  readonly link?: string;
}

const MOST_PORT = 65_535;

/** Adds the command. */
export function addStudioCommand(program: Command): void {
  program
    .command('studio')
    .description('see a network become its infinite-width limit, in a browser')
    .option(
      '--port <number>',
      'to listen on, of 127.0.0.1; 0 is any that is free',
      (text) => countUpTo(MOST_PORT, text, 0),
      0,
    )
    .option('--no-open', 'print the address, and open no browser')
    .option('--link <link>', 'a page with its state, as an address of the studio has it from # on')
    .option('--export <file>', 'write the studio as one HTML file, which opens and trains by itself, and serve nothing')
    .addHelpText(
      'after',
      `
Serves the studio to this machine alone, under an address with a token, until Ctrl-C. Pages compute everything
themselves, in Web Workers, and load nothing from anywhere else. The address and its part behind # hold the whole state of a
page, which a link so shares.

Examples:
  nexort studio
  nexort studio --port 8123 --no-open
  nexort studio --export page.html --link '#limit?v=1&depth=3'`,
    )
    .action((options: StudioOptions) => runCommand(() => studio(options)));
}

async function studio({ port, open, export: file, link: given }: StudioOptions): Promise<void> {
  const link = given === undefined ? undefined : linkOf(given);
  if (file !== undefined) {
    const write = await reportWriter(file, 'export');
    printMessage(await write(onePage(await studioPages(printMessage), link)));
    return;
  }
  const folder = await studioPages(printMessage);
  const server = await serveStudio(folder, port);
  const address = `${server.address}${link ?? ''}`;
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
