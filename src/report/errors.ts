/** Wording of the errors of this room. */

import { InvariantError } from '../errors/index.ts';

/** Data whose parts contradict each other, all contradictions at once. */
export function inconsistentData(problems: readonly string[]): InvariantError {
  return new InvariantError(
    'report.inconsistent-data',
    `The data of a report do not fit together:${problems.map((problem) => `\n  - ${problem}`).join('')}\n`,
    { problems },
  );
}
