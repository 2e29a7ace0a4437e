/** What tells whether a file is the one that results were made of. */

/** A file that results depend on, as it lay on the disk. */
export interface Fingerprint {
  readonly path: string;
  /** In hexadecimal digits, of the bytes as stored (compressed ones compressed). */
  readonly sha256: string;
}
