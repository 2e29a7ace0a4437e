/** The declarations of what the package exports, as the compiler writes them, with their comments. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type PublicName, publicNames } from '../test/structure/publicDocs.ts';
import { publicEntries, ROOT } from '../test/structure/publicEntries.ts';

export interface Declared extends PublicName {
  /** The declaration without `export declare`, comments of members included. */
  readonly signature: string;
}

export interface Entry {
  readonly specifier: string;
  /** What the entry's own file says of it. */
  readonly about: string;
  readonly values: readonly Declared[];
  readonly types: readonly Declared[];
}

/** All entries of the package, with every name. */
export function declaredEntries(): Entry[] {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-declarations-'));
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const project = ['-p', join(ROOT, 'tsconfig.build.json'), '--emitDeclarationOnly', '--noCheck', '--outDir', folder];
    execFileSync(process.execPath, [tsc, ...project], { cwd: ROOT });
    return publicEntries().map((entry) => {
      const names = publicNames(entry).map((name) => ({ ...name, signature: signatureOf(folder, name) }));
      const isType = (name: PublicName): boolean => entry.types.includes(name.name);
      return {
        specifier: entry.specifier,
        about: aboutOf(readFileSync(entry.source, 'utf8')),
        values: names.filter((name) => !isType(name)),
        types: names.filter(isType),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function signatureOf(folder: string, { file, declaration }: PublicName): string {
  const path = join(folder, relative(join(ROOT, 'src'), file).replace(/\.ts$/, '.d.ts'));
  const found = NAME.exec(declaration);
  if (found === null) throw new Error(`no name in ${declaration}`);
  return declarationsOf(readFileSync(path, 'utf8'), found[2] ?? '');
}

const KINDS = 'function\\*?|class|const|let|type|interface|namespace';
const NAME = new RegExp(`(${KINDS}) ([\\w$]+)`);

/** All declarations of a name in a file of declarations: overloads are several. */
export function declarationsOf(text: string, name: string): string {
  const start = new RegExp(`^(?:export )?(?:declare |abstract )*(?:${KINDS}) ${name.replace('$', '\\$')}(?![\\w$])`);
  const lines = text.split('\n');
  const found = lines.flatMap((line, k) => (start.test(line) ? [wholeFrom(lines, k)] : []));
  if (found.length === 0) throw new Error(`${name} is not declared`);
  return found.join('\n').replaceAll(/^(?:export )?(?:declare )?/gm, '');
}

/** From a line to the one that ends what it begins. */
function wholeFrom(lines: readonly string[], first: number): string {
  let depth = 0;
  for (let k = first; k < lines.length; k++) {
    const bare = (lines[k] ?? '').replaceAll(/'[^']*'|`[^`]*`|\/\*.*?\*\/|^\s*\*.*$|^\s*\/\*\*.*$|=>/g, '');
    depth += [...bare].reduce((sum, c) => sum + ('({['.includes(c) ? 1 : ')}]'.includes(c) ? -1 : 0), 0);
    if (depth === 0 && /[;}]$/.test(bare.trimEnd())) return lines.slice(first, k + 1).join('\n');
  }
  throw new Error(`a declaration without an end: ${lines[first]}`);
}

/** The comment that a file begins with. */
function aboutOf(text: string): string {
  const [, comment = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(text) ?? [];
  return comment.replaceAll(/^\s*\* ?/gm, '').trim();
}
