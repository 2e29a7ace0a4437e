/** Items of the menu of exports, which pages have in common. */

import { fileName, pngOf, saveFile, sheetOf } from './save.ts';

export interface Export {
  readonly name: string;
  /** Rejects with why there is nothing, in words. */
  readonly save: () => void | Promise<void>;
}

/** A file with a text, which is made when it is asked for. */
export const textExport = (what: string, file: string, type: string, of: () => string | Promise<string>): Export => ({
  name: `${what}: ${file}`,
  save: async () => saveFile(file, type, await of()),
});

export const csvExport = (what: string, file: string, of: () => string): Export =>
  textExport(what, file, 'text/csv', of);

export const jsonExport = (what: string, file: string, of: () => object): Export =>
  textExport(what, file, 'application/json', () => `${JSON.stringify(of())}\n`);

/** TypeScript and programs are text to a browser. */
export const codeExport = (what: string, file: string, of: () => string | Promise<string>): Export =>
  textExport(what, file, 'text/plain', of);

/** Lines for a shell, and last the one that writes the page with its state as one file. */
export const commandsExport = (commands: () => readonly string[], link: string): Export =>
  textExport('Command lines', 'commands.sh', 'text/x-shellscript', () =>
    [...commands(), `nexort studio --export page.html --link '${link.replaceAll("'", '%27')}'`, ''].join('\n'),
  );

export const linkExport = (link: string): Export => ({
  name: 'Copy the link',
  save: () => copied(new URL(link, location.href).href),
});

/** What there is to hand out; throws where it is not there yet, in words. */
export function present<T>(value: T | undefined, missing: string): T {
  if (value === undefined) throw new Error(missing);
  return value;
}

/** All figures within an element that is found when they are asked for, as SVG and as PNG. */
export function figureExports(selector: string, what = 'All figures', name = 'figures'): readonly Export[] {
  const file = fileName(name);
  const sheet = (): SVGSVGElement => {
    const shown = document.querySelector(selector);
    const made = shown === null ? undefined : sheetOf(shown);
    if (made === undefined) throw new Error('there is no figure yet.');
    return made;
  };
  return [
    textExport(what, `${file}.svg`, 'image/svg+xml', () => sheet().outerHTML),
    {
      name: `${what}: ${file}.png`,
      save: async () => saveFile(`${file}.png`, 'image/png', await pngOf(sheet())),
    },
  ];
}

async function copied(address: string): Promise<void> {
  if (!('clipboard' in navigator)) throw new Error('this browser lets the page copy nothing; the address bar has it.');
  await navigator.clipboard.writeText(address);
}
