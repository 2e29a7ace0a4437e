/** Words of the errors of commands whose options do not go together. */

import { UserError } from '../errors/index.ts';

/** `nexort predict` without texts, or with two sources of them. */
export function oneSourceOfTexts(both: boolean): UserError {
  return new UserError(
    'cli.one-source-of-texts',
    `${both ? '--text and --file are both given; expected one of them' : 'There is nothing to classify; expected --text or --file'}. Give --text "…" once for each text, or a file of texts with --file.`,
  );
}

/** Second texts beside a file, which has a column for them. */
export function secondTextBesideFile(): UserError {
  return new UserError(
    'cli.second-text-beside-file',
    '--text2 is given with --file; expected the second texts in the file. Put them into its column "text2".',
  );
}

/** Another number of second texts than of first ones. */
export function unevenTexts(task: string, pair: boolean, texts: number, seconds: number): UserError {
  const message = pair
    ? `Task '${task}' compares two texts, and --text is given ${times(texts)}, --text2 ${times(seconds)}; expected as many. Give --text "…" --text2 "…" for each pair.`
    : `--text2 is given, and task '${task}' takes one text. Leave it out.`;
  return new UserError('cli.uneven-texts', message, { task, texts, seconds });
}

function times(number: number): string {
  if (number === 0) return 'not at all';
  return number === 1 ? 'once' : `${number} times`;
}
