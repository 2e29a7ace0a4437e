import { oldLineEnds } from '../../data/tableErrors.ts';

/** A line of a file, from 1. */
export interface Line {
  readonly content: string;
  readonly line: number;
}

/**
 * The lines of a text, which end in LF or CRLF.
 * @throws UserError `lm.old-line-ends`.
 */
export function linesOf(text: string, file: string): readonly Line[] {
  refuseOldLineEnds(text, file);
  return text.split(/\r?\n/).map((content, index) => ({ content, line: index + 1 }));
}

/**
 * Refuses a text that has CR for the end of its lines, which would be one long line otherwise.
 * @throws UserError `lm.old-line-ends`.
 */
export function refuseOldLineEnds(text: string, file: string): void {
  if (text.includes('\r') && !text.includes('\n')) throw oldLineEnds(file);
}
