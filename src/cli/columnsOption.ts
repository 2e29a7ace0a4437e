/** What `--columns` gives; apart from the other parsers, for language models take long to load. */

import { InvalidArgumentError } from 'commander';
import { type Columns, parseColumns } from '../lm/index.ts';

/** Columns of a data file by what they hold, `label=topic,text=message`. */
export function columns(text: string): Columns {
  try {
    return parseColumns(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
