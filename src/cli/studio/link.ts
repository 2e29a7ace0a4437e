/** A link into the studio, as people copy it. */

import { notLink } from './errors.ts';

/** Of an address of the studio, or of that part alone, what stands from `#` on. Throws {@link UserError} `cli.studio-link`. */
export function linkOf(given: string): string {
  const [, link] = /^(?:[a-z]+:[^\s#]*)?(#[a-z]+(?:\?\S*)?)$/.exec(given.trim()) ?? [];
  if (link === undefined) throw notLink(given);
  return link;
}
