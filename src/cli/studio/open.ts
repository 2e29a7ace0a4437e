/** Opens an address in the browser of the person, where there is one. */

import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** Tries; where nothing opens it, the address is on the terminal all the same. */
export function openInBrowser(address: string): void {
  const [command, ...words] = OPENERS[process.platform] ?? [];
  if (command === undefined) return;
  const opened = spawn(command, [...words, address], { stdio: 'ignore', detached: true });
  opened.on('error', () => {});
  opened.unref();
}
