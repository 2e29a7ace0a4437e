/** HTML by template literals that escape every value, so that no text of the data can become markup. */

import { required } from '../errors/index.ts';

/** Markup that is safe to insert. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and halves of surrogate pairs, which HTML does not allow, other than tab and line feed. */
const FORBIDDEN = /[^\P{Cc}\t\n]|\p{Cs}/gu;

/** Markup from a template: strings and numbers are escaped, markup is inserted, lists are joined, undefined is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(markup)));
}

/** Text in which every character is allowed in a document. */
export function printable(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd');
}

function markup(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') {
    return printable(String(value)).replace(/[&<>"']/g, (character) =>
      required(ENTITIES[character], 'entity of a character'),
    );
  }
  return value.map(markup).join('');
}
