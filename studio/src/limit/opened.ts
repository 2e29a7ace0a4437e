/** A result that was saved brings back the view that it was saved of. */

import { toldBy } from '../figure/opened.ts';
import { messageOf } from '../problem/read.ts';
import { tellLimit } from './link.ts';
import type { LimitSession } from './session.ts';

/** What of a file is told to the session, or what is wrong with it is. */
export async function openResult(file: Pick<File, 'name' | 'size' | 'text'>, session: LimitSession): Promise<void> {
  try {
    tellLimit(session, await toldBy(file, 'limit'));
  } catch (error) {
    session.failures.value = [...session.failures.peek(), `${file.name}: ${messageOf(error)}`];
  }
}
