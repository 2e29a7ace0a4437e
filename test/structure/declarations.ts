/** What a file of types (`.d.ts`) says of a name: its declaration, and the entries and parameters in it. */

/** Where a statement of a declaration file begins, which ends before the next one. */
const STARTS = /^(?=(?:export|declare|import|type|interface|abstract|class)\b|\/[*/])/m;
const NAMED = /^(?:export )?(?:declare )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/;

/** The declarations of a file of types by name, overloads one after the other, with the comments within. */
export function declarationsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const statement of text.split(STARTS)) {
    const name = NAMED.exec(statement)?.[1];
    if (name !== undefined) found.set(name, (found.get(name) ?? '') + statement);
  }
  return found;
}

/** What a file of types says of a name, found by the line of the source that declares it; '' where it says nothing. */
export function declarationOf(line: string, text: string): string {
  return declarationsOf(text).get(/\b(?:function\*?|const|let|class|interface|type) (\w+)/.exec(line)?.[1] ?? '') ?? '';
}

/** A function, a constant that is one, or the type of one. */
export const isFunction = (declaration: string): boolean =>
  /^(?:export )?(?:declare )?(?:function\b|const \w+: (?:<.*>)?\(|type \w+(?:<[^;{}]*>)? = \()/.test(declaration);

export const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** An entry or a method of an interface, a class, or a type written out within a declaration. */
export interface Member {
  readonly name: string;
  /** What it is, or the signature of a method, with the comments within. */
  readonly type: string;
  /** Those of the entries that it is within included; '' where none stands above it. */
  readonly comment: string;
}

/** Of files that the compiler writes. */
const INDENT = 4;
const ENTRY = /^( {4,})(?:readonly |static |protected |abstract |get )*(\w+)\??(?::|(?=[(<]))/;

/** All entries and methods at any depth, those whose types take several lines too. */
export function membersOf(declaration: string): Member[] {
  const lines = declaration.split('\n');
  return lines.flatMap((line, at): Member[] => {
    const [start, indent = '', name = ''] = ENTRY.exec(line) ?? [];
    if (start === undefined) return [];
    // A type of several lines ends where one is as far from the margin as it began.
    const more = line.endsWith(';')
      ? -1
      : lines.slice(at + 1).findIndex((next) => next.startsWith(`${indent}}`) && next.endsWith(';'));
    const type = [line.slice(start.length), ...lines.slice(at + 1, at + 2 + more)].join('\n');
    return [{ name, type: type.trim().replace(/;$/, ''), comment: commentsAbove(lines, at, indent.length) }];
  });
}

/** The comment above an entry, and those above the entries that it is within. */
function commentsAbove(lines: readonly string[], at: number, depth: number): string {
  const own = commentAbove(lines, at);
  const around = lines.slice(0, at).findLastIndex((line) => (ENTRY.exec(line)?.[1]?.length ?? depth) < depth);
  if (around < 0) return own;
  return `${own}\n${commentsAbove(lines, around, depth - INDENT)}`.trim();
}

function commentAbove(lines: readonly string[], at: number): string {
  if (!/\*\/$/.test(lines[at - 1] ?? '')) return '';
  let first = at - 1;
  while (first > 0 && !/^ *\/\*\*/.test(lines[first] ?? '')) first--;
  return lines
    .slice(first, at)
    .map((line) => line.replace(/^ *\/\*\*\s?|\s*\*\/$|^ *\* ?/g, ''))
    .join('\n')
    .trim();
}

/** The words of a name, `bytesRead` or `MOST_BYTES`, in lower case. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
