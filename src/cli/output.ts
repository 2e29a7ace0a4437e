/** What commands write to stdout; messages and progress go to stderr. */

/** Writes lines of text. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes the one JSON object of a command under `--json`. */
export function printJson(value: Readonly<Record<string, unknown>>): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Lets a reader such as `head` close the pipe early without an error. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
