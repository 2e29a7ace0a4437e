/** Markdown as the repository's pages have it, as HTML: anchors as GitHub makes them, formulas as MathML. */

import MarkdownIt from 'markdown-it';
import temml from 'temml';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

export interface Outline {
  readonly headings: readonly Heading[];
  /** Targets of links and images as they stand there, in order. */
  readonly targets: readonly string[];
}

/** What a link's or an image's target becomes. */
export type Resolve = (target: string) => string;

type Markdown = InstanceType<typeof MarkdownIt>;
type Token = ReturnType<Markdown['parse']>[number];

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Anchors of headings, unique within a page: as GitHub makes them, so that links work in both places. */
export function anchors(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const plain = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(plain) ?? 0;
    seen.set(plain, times + 1);
    return times === 0 ? plain : `${plain}-${times}`;
  };
}

const pages = markdown({ formulas: true });
/** Without HTML and formulas: comments of code, in which `<` and `$` are themselves. */
const comments = markdown({ formulas: false });

/** A page as HTML. Throws where a formula is none. */
export const render = (text: string, resolve: Resolve): string => rendered(pages, text, resolve);

/** A comment of code as HTML. */
export const renderComment = (text: string): string => rendered(comments, text, (target) => target);

/** Headings and links of a page. */
export const outlineOf = (text: string): Outline => marked(pages.parse(text, {}), (target) => target);

function rendered(md: Markdown, text: string, resolve: Resolve): string {
  const tokens = md.parse(text, {});
  marked(tokens, resolve);
  return md.renderer.render(tokens, md.options, {});
}

/** Gives headings their anchors and links their targets. */
function marked(tokens: readonly Token[], resolve: Resolve): Outline {
  const headings: Heading[] = [];
  const targets: string[] = [];
  const anchor = anchors();
  tokens.forEach((token, k) => {
    if (token.type === 'heading_open') {
      const text = (tokens[k + 1]?.children ?? []).map(({ content }) => content).join('');
      const heading = { level: Number(token.tag.slice(1)), text, anchor: anchor(text) };
      headings.push(heading);
      token.attrSet('id', heading.anchor);
    }
    for (const child of token.children ?? []) {
      const name = child.type === 'image' ? 'src' : 'href';
      const target = child.attrGet(name);
      if (typeof target !== 'string') continue;
      targets.push(decodeURI(target));
      child.attrSet(name, resolve(decodeURI(target)));
    }
  });
  return { headings, targets };
}

function markdown({ formulas }: { readonly formulas: boolean }): Markdown {
  const md = new MarkdownIt({ html: formulas, linkify: false });
  if (formulas) addFormulas(md);
  const { rules } = md.renderer;
  // What is wider than a telephone scrolls by itself, by keys too.
  rules.table_open = () => '<div class="wide" tabindex="0" role="region" aria-label="table"><table>\n';
  rules.table_close = () => '</table></div>\n';
  rules.fence = (tokens, k) => {
    const { info = '', content = '' } = tokens[k] ?? {};
    const kind = escaped(info.split(' ')[0] ?? '');
    return `<pre tabindex="0" data-kind="${kind}"><code>${escaped(content)}</code></pre>\n`;
  };
  rules.code_block = (tokens, k) => `<pre tabindex="0"><code>${escaped(tokens[k]?.content ?? '')}</code></pre>\n`;
  return md;
}

/** `$…$` within a line, as on GitHub: no blank inside the dollars, no digit behind. */
function addFormulas(md: Markdown): void {
  md.inline.ruler.before('escape', 'formula', (state, silent) => {
    if (state.src[state.pos] !== '$') return false;
    const found = /^\$(?!\s)((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)/.exec(state.src.slice(state.pos));
    if (found === null) return false;
    if (!silent) {
      const token = state.push('formula', 'math', 0);
      token.content = found[1] ?? '';
    }
    state.pos += found[0].length;
    return true;
  });
  md.renderer.rules.formula = (tokens, k) => mathOf(tokens[k]?.content ?? '');
}

/** A formula in MathML. Throws where it is none. */
export const mathOf = (tex: string): string => temml.renderToString(tex, { throwOnError: true });
