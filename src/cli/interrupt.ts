/** Exit codes of shells for a process that a signal ends: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ends the process at Ctrl-C and the like with one message on stderr; what runs on exit, such as unlocking, still runs. */
export function exitOnInterrupt(message: string | (() => string)): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      // Last of all that runs on exit: what takes a progress bar away comes first.
      const text = typeof message === 'string' ? message : message();
      process.once('exit', () => process.stderr.write(`\n${text}\n`));
      process.exit(code);
    });
  }
}
