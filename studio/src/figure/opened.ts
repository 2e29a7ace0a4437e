/** A result that was saved from a page brings back the view that it was saved of. */

import { type PageName, readLink } from '../link.ts';

/** Results of a page are far smaller. */
const MOST_MEGABYTES = 64;

/** What the link of a saved result of a page tells. Rejects with what is wrong with the file. */
export async function toldBy(
  file: Pick<File, 'size' | 'text'>,
  page: PageName,
): Promise<Readonly<Record<string, string>>> {
  if (file.size > MOST_MEGABYTES * 2 ** 20)
    throw new Error(`It has ${Math.round(file.size / 2 ** 20)} MB; expected up to ${MOST_MEGABYTES}.`);
  const read = parsed(await file.text());
  const link = typeof read === 'object' && read !== null && 'link' in read ? read.link : undefined;
  if (typeof link !== 'string') throw new Error(`It has no “link”; expected ${page}.json of the menu of exports.`);
  const { place, problem } = readLink(link);
  if (problem !== undefined) throw new Error(problem);
  if (place.page !== page) throw new Error(`Its link is of the page “${place.page}”; expected one of “${page}”.`);
  return place.told;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`It is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
