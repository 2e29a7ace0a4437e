/** A result that was saved brings back the view that it was saved of. */

import { readLink } from '../link.ts';
import { tellLimit } from './link.ts';
import type { LimitSession } from './session.ts';

/** Results of a page are far smaller. */
const MOST_MEGABYTES = 64;

/** What of a file is told to the session, or what is wrong with it is. */
export async function openResult(file: Pick<File, 'name' | 'size' | 'text'>, session: LimitSession): Promise<void> {
  try {
    if (file.size > MOST_MEGABYTES * 2 ** 20)
      throw new Error(`It has ${Math.round(file.size / 2 ** 20)} MB; expected up to ${MOST_MEGABYTES}.`);
    tellLimit(session, toldBy(await file.text()));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    session.failures.value = [...session.failures.peek(), `${file.name}: ${why}`];
  }
}

function toldBy(text: string): Readonly<Record<string, string>> {
  const read: unknown = parsed(text);
  const link = typeof read === 'object' && read !== null && 'link' in read ? read.link : undefined;
  if (typeof link !== 'string') throw new Error('It has no “link”; expected limit.json of the menu of exports.');
  const { place, problem } = readLink(link);
  if (problem !== undefined) throw new Error(problem);
  if (place.page !== 'limit') throw new Error(`Its link is of the page “${place.page}”; expected one of “limit”.`);
  return place.told;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`It is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
