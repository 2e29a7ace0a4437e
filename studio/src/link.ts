/** The whole state of a page in the part of its address behind `#`: `#limit?v=1&depth=3&optimizer=sgd`. */

/** Of links; a change of what words mean makes another. */
const VERSION = '1';

export const PAGES = ['limit', 'phase', 'program', 'transfer', 'runs'] as const;
export type PageName = (typeof PAGES)[number];

/** A page with what it is told, as text. */
export interface Place {
  readonly page: PageName;
  readonly told: Readonly<Record<string, string>>;
}

export interface ReadLink {
  readonly place: Place;
  /** What of a link could not be followed, in words. */
  readonly problem?: string;
}

/** Reads an address; what cannot be read is told, and the rest followed. */
export function readLink(hash: string): ReadLink {
  const [name = '', query = ''] = splitAt(hash.replace(/^#/, ''), '?');
  const start: Place = { page: 'limit', told: {} };
  if (name === '' && query === '') return { place: start };
  const page = PAGES.find((one) => one === name);
  if (page === undefined)
    return { place: start, problem: `The link names a page “${name}”; there are ${PAGES.join(', ')}.` };
  const entries: [string, string][] = [];
  for (const part of query.split('&').filter((one) => one !== '')) {
    const [key, value] = splitAt(part, '=');
    const words = [decoded(key), decoded(value)] as const;
    if (words[0] === undefined || words[1] === undefined)
      return { place: { page, told: {} }, problem: `The link has a part “${part}” that cannot be read.` };
    entries.push([words[0], words[1]]);
  }
  const { v = VERSION, ...told } = Object.fromEntries(entries);
  if (v !== VERSION)
    return {
      place: { page, told: {} },
      problem: `The link is of version ${v}, and this studio reads version ${VERSION}.`,
    };
  return { place: { page, told } };
}

/** The address of a place; `usual` values are left out. */
export function writeLink({ page, told }: Place, usual: Readonly<Record<string, string>> = {}): string {
  const parts = Object.entries(told)
    .filter(([key, value]) => value !== usual[key])
    .map(([key, value]) => `${encoded(key)}=${encoded(value)}`);
  return `#${page}?${[`v=${VERSION}`, ...parts].join('&')}`;
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const place = text.indexOf(mark);
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place + 1)];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Readable: of what an address may hold as it is, only what separates is escaped. */
const encoded = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/%(2C|3A|3B|2F|40|24)/g, (code) => decodeURIComponent(code));
