/** The system's code of a failed file operation (`ENOENT`, ...), if it has one. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

/** Why a file operation failed, in words. */
export function reasonOf(cause: unknown): string {
  if (errorCode(cause) === 'ELOOP') return 'a symbolic link in its path leads back to itself';
  return cause instanceof Error ? cause.message : String(cause);
}
