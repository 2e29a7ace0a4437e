/** Values that JSON writes and reads back unchanged, and how two of them differ. */

/** A value that JSON writes and reads back unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** An entry in which two identities differ; undefined where one has none. */
export interface Difference {
  /** Keys from the outside in, joined by dots. */
  readonly entry: string;
  readonly given: Json | undefined;
  readonly stored: Json | undefined;
}
