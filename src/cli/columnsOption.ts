/** What `--columns` and `--labels` give; apart from the other parsers, for language models take long to load. */

import { InvalidArgumentError } from 'commander';
import { type Columns, type LabelValues, parseColumns, parseLabelValues } from '../lm/index.ts';

/** Columns of a data file by what they hold, `label=topic,text=message`. */
export function columns(text: string): Columns {
  try {
    return parseColumns(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Labels by what stands for them in a data file, `0=negative,1=positive`. */
export function labelValues(text: string): LabelValues {
  try {
    return parseLabelValues(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
