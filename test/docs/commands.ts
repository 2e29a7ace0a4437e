/** The commands that pages and help name. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A command as it stands there. */
export interface NamedCommand {
  readonly page: string;
  readonly text: string;
  /** Behind `nexort`, without quotes. */
  readonly words: readonly string[];
}

const PAGES = ['README.md', 'examples/README.md', ...filesIn('docs', '.md')];
const HELPS = filesIn('src/cli/commands', '.ts');

function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
}

/** Lines of code and code within lines on pages, and the examples of help. */
export function namedCommands(): readonly NamedCommand[] {
  const onPages = PAGES.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const lines = [...text.matchAll(/^(?:\$ )?(?:npx )?nexort (.*)$/gm)].filter(([line]) => !line.includes('`'));
    // Behind a pipe, or within quotes of another command.
    const within = [...text.matchAll(/^(?!\$ |nexort|npx|.*`).*[ "]npx nexort ([^"&\n]*).*$/gm)];
    const inline = [...text.matchAll(/`(?:npx )?nexort ([^`]*)`/g)];
    const all = [...lines, ...within, ...inline].map(([, command = '']) => of(page, command));
    return [...all, ...jobCommands(page, text)];
  });
  const inHelp = HELPS.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^ {2}nexort (.*?)(?:`,?)?$/gm)].map(([, command = '']) =>
      of(page, command),
    ),
  );
  return [...onPages, ...inHelp];
}

/** Commands in YAML as lists of words, `command: [npx, nexort, …]`; files are those below where the volume is mounted. */
export function jobCommands(page: string, text: string): NamedCommand[] {
  const [, mounted = ''] = /mountPath: ([\w/]+)/.exec(text) ?? [];
  return [...text.matchAll(/command: \[npx, nexort, ([^\]]*)\]/g)].map(([, list = '']) => {
    const words = list
      .split(', ')
      .map((word) => (word.startsWith(`${mounted}/`) ? word.slice(mounted.length + 1) : word));
    return { page, text: words.join(' '), words };
  });
}

function of(page: string, command: string): NamedCommand {
  // What follows a hash, a redirection or a wide space is said about the command.
  const text = command.split(/ +#| > | {4,}/)[0]?.trim() ?? '';
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  return { page, text, words };
}

/** Options whose value is a file or folder that the command makes. */
export const OUTPUTS = new Set(['--out', '--plot', '--report']);
/** A word to fill in: `FOLDER`, `PATH/task.json`, `FILE.nex`. */
export const isPlaceholder = (word: string): boolean => /(^|\/)[A-Z][A-Z_]+\b/.test(word) || word.includes('…');
/** What is looked for on the disk: a name with a folder or an ending, with settings behind a colon; `2/16` is a share. */
export const isFile = (word: string): boolean =>
  /^(?!\d+\/\d+$)[\w.-]*\/|\.(jsonl?|csv|tsv|nex|txt|safetensors)(:|$)/.test(word);
/** A file without its settings. */
export const pathOf = (word: string): string => word.replace(/:[^:]*$/, '');
