/** What docs/papers.md says of each number of the two papers, and which numbers comments cite. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './commands.ts';

export interface Entry {
  /** `IVb 2.6.5`, `KLM section 4`. */
  readonly number: string;
  readonly code: readonly string[];
  /** Files with the names of tests in them. */
  readonly tests: readonly (readonly [file: string, names: readonly string[]])[];
  readonly commands: readonly string[];
}

const quoted = (text: string, mark: '`' | '"'): string[] =>
  [...text.matchAll(new RegExp(`${mark}([^${mark}]+)${mark}`, 'g'))].map(([, one = '']) => one);

/** The entries of the page, in its order. */
export function entriesOf(page: string): Entry[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [number = ''] = text.split('\n');
      const line = (name: string): string => new RegExp(`^- ${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
      const tests = line('tests')
        .split(/(?=`test\/)/)
        .filter((one) => one.startsWith('`'))
        .map((one): Entry['tests'][number] => [quoted(one, '`')[0] ?? '', quoted(one.replace(/^`[^`]*`/, ''), '"')]);
      return { number, code: quoted(line('code'), '`'), tests, commands: quoted(line('shown by'), '`') };
    });
}

export interface Citation {
  readonly path: string;
  /** As entries are named; sections of the page as `theory 7`. */
  readonly number: string;
}

/** Comments break lines; a citation may stand on two. */
const joined = (text: string): string => text.replace(/\n\s*(?:\*|\/\/)? ?/g, ' ');

const NUMBER = /\d+(?:\.\d+)*/g;
const PAPERS = {
  IVb: /\bIVb(?:'s)? (\d+(?:\.\d+)+(?:(?:, | and | or )\d+(?:\.\d+)+)*)/g,
  'KLM section': /Malladi et al\. 2023, sections? (\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)*)*)/g,
  'KLM definition': /Malladi et al\. 2023, definitions? (\d+(?:\.\d+)*)/g,
  theory: /\btheory (\d+(?:(?:, | and )\d+)*)/g,
} as const;

export function citationsIn(path: string, text: string): Citation[] {
  const flat = joined(text);
  return Object.entries(PAPERS).flatMap(([paper, pattern]) =>
    [...flat.matchAll(pattern)].flatMap(([, list = '']) =>
      [...list.matchAll(NUMBER)].map(([number]) => ({ path, number: `${paper} ${number}` })),
    ),
  );
}

/** Numbers of the papers that are written in another form: bare, or with the paper under another name. */
export function otherForms(text: string): string[] {
  let flat = joined(text);
  for (const pattern of Object.values(PAPERS)) flat = flat.replaceAll(pattern, '');
  const bare = [
    ...flat.matchAll(/\b(?:KLM|[Tt]heorems?|theory(?:\.md)?(?: section)?|[Dd]efinitions?) \d[\d.]*|\([23]\.\d+\.\d+/g),
  ];
  return bare.map(([found]) => found);
}

/** Source files below a folder, with their texts. */
export function sourcesIn(folder: string): [path: string, text: string][] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`)
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]);
}
