/** What `nexort doctor` finds, one thing at a time. */

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `problem`: something will fail; `warning`: something optional is missing, or things will be slow or tight. */
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found. */
  readonly found: string;
  /** What to do about it; absent where nothing needs doing. */
  readonly fix?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });

export const warning = (check: string, found: string, fix: string): Finding => ({
  check,
  status: 'warning',
  found,
  fix,
});

export const problem = (check: string, found: string, fix: string): Finding => ({
  check,
  status: 'problem',
  found,
  fix,
});

/** Runs a check; one that throws has found a problem, and the others still run. */
export async function guarded(
  check: string,
  fix: string,
  look: () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [problem(check, inOneLine(error), fix)];
  }
}

/** What an error says, in one line. */
export function inOneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ');
}

const GIBIBYTE = 2 ** 30;

/** Bytes for people. */
export function size(bytes: number): string {
  return bytes < GIBIBYTE ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
}
