/** Programs in files of a person's own. */

/** Bytes; what is longer is no text that one edits. */
const MOST = 1_000_000;
const MEGABYTE = 1_000_000;

export interface ReadFile {
  readonly text?: string;
  /** Why there is none, in words. */
  readonly problem?: string;
}

/** What a `.nex` file says, or why it cannot be read. */
export async function readFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<ReadFile> {
  if (file.size > MOST)
    return {
      problem: `${file.name}: It has ${Math.round(file.size / MEGABYTE)} MB; the editor takes programs of up to 1. The command reads larger ones: nexort check ${file.name}`,
    };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    if (text.includes('\0'))
      return { problem: `${file.name}: It is no text; expected a program in the language, a .nex file.` };
    return { text };
  } catch {
    return { problem: `${file.name}: It is no text in UTF-8; expected a program in the language, a .nex file.` };
  }
}
