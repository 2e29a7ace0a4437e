/** The system's code of a failure, such as `ENOSPC`; undefined for errors that are not the system's. */
export function failureCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
