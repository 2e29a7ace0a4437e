/** Which exported functions and types are of what literature defines, and whether they, or their files, say where. */

import { isFunction, membersOf, withoutComments } from './declarations.ts';

/** Folders that compute what papers define; threads, engines, files and the reading of checkpoints are elsewhere. */
const FOLDERS =
  /^(?:parametrizations|optimizers|kets|kernels|nets|program\/(?:fragment|functions)|training\/(?:tangent|recipe)|experiments\/(?:check|coord|limit|transfer)|lm\/(?:kernel|regime|solve|lora))\/(?!node\/|plan\/|language\/)/;

/** Reading, checking, naming and telling, by the verb that a name begins with. */
const PLUMBING =
  /^(?:parse|print|describe|check|checked|resolve|select|define|show|count|forecast|is|has|lies|named)(?![a-z])|(?:Named|Text|Names?|File)$/;
/** What functions are told, and how what they compute with is held. */
const TOLD = /(?:Options|Settings?|Domain|Choice|Grid|Request|Task|State|Data|Split|Batch|Encoded|Stores)$/;

const NUMERIC = /\b(?:number|Exponents?|Matrix|Float64Array|Tensors?|Columns?|Expr)\b/;
const NOT_COMPUTED = /\): (?:readonly )?(?:asserts |string|boolean|void|Promise<void>|\w+ is )/;

/** Whether a name in a file of `src` is of what literature defines: a function that computes, or a type of its results. */
export function isOfLiterature(name: string, file: string, declaration: string): boolean {
  if (!FOLDERS.test(file) || PLUMBING.test(name) || TOLD.test(name)) return false;
  const text = withoutComments(declaration);
  if (isFunction(declaration)) return !NOT_COMPUTED.test(text);
  return membersOf(declaration).some(({ type }) => NUMERIC.test(withoutComments(type)));
}

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December';

/** A paper's number, a section of docs/papers.md, a work by author and year, or a library that defines it; or that it is ours. */
const SOURCES = [
  /\bIVb(?:'s)? \d|\btheory \d|\bMalladi et al\. 2023, (?:section|definition)/,
  new RegExp(
    `\\b(?!(?:In|Since|${MONTHS}) )\\p{Lu}\\p{L}+(?: et al\\.| (?:and|&) \\p{Lu}\\p{L}+)? (?:1[89]|20)\\d\\d\\b`,
    'u',
  ),
  /\barXiv \d{4}\.\d{4,5}\b/,
  /\bas (?:PyTorch|optax|peft|neural-tangents) (?:does|do|has|saves)\b|\bneural-tangents' stax\b/,
  /\b[Oo]urs\b|\b[Nn]o paper\b/,
];

export const namesSource = (comment: string): boolean => {
  const text = comment.replace(/\s+/g, ' ');
  return SOURCES.some((source) => source.test(text));
};

/** The comment at the head of a file, before anything that it declares or imports. */
export function headComment(text: string): string {
  const [, comment = '', next = ''] = /^\/\*\*([\s\S]*?)\*\/\n(.*)/.exec(text) ?? [];
  return next !== '' ? '' : comment.replace(/\n \* ?/g, '\n').trim();
}
