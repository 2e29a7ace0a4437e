/** What commands write: to stdout and stderr, which may be terminals. */

/** Controls of terminals (C0 but for tabs and line ends, DEL, C1): names and cells of files may hold any. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text in which no character acts on a terminal; each is written as in JSON, of which the meaning stays. */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Longer lines of messages are cells of a file, or a file in one line. */
const LONGEST_LINE = 1000;

/** A message with its long lines cut. */
export function cut(message: string): string {
  return message
    .split('\n')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join('\n');
}

/** Writes a result. */
export function print(text: string): void {
  process.stdout.write(harmless(text));
}

/** Writes a message of so many lines. */
export function printMessage(text: string): void {
  process.stderr.write(`${harmless(cut(text))}\n`);
}
