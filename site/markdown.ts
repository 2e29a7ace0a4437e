/** Markdown as the repository's pages have it, as HTML: anchors as GitHub makes them, formulas as MathML. */

import MarkdownIt from 'markdown-it';
import temml from 'temml';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Targets of links and images as they stand there, in order. */
  readonly targets: readonly string[];
}

/** What a link's or an image's target becomes. */
export type Resolve = (target: string) => string;

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

export interface RenderOptions {
  /** Without HTML and formulas: comments of code, in which `<` and `$` are themselves. */
  readonly plain?: boolean;
}

/** Renders a page. Throws where a formula is none. */
export function render(text: string, resolve: Resolve, { plain = false }: RenderOptions = {}): Rendered {
  const headings: Heading[] = [];
  const targets: string[] = [];
  const anchor = anchors();
  const md = new MarkdownIt({ html: !plain, linkify: false });
  if (!plain) addFormulas(md);
  const { rules } = md.renderer;

  rules.heading_open = (tokens, k, options, _, self) => {
    const token = tokens[k];
    const inline = tokens[k + 1];
    if (token === undefined || inline === undefined) return '';
    const words = (inline.children ?? []).map(({ content }) => content).join('');
    const heading = { level: Number(token.tag.slice(1)), text: words, anchor: anchor(words) };
    headings.push(heading);
    token.attrSet('id', heading.anchor);
    return self.renderToken(tokens, k, options);
  };
  rules.link_open = (tokens, k, options, _, self) => {
    const href = tokens[k]?.attrGet('href');
    if (typeof href === 'string') {
      targets.push(decodeURI(href));
      tokens[k]?.attrSet('href', resolve(decodeURI(href)));
    }
    return self.renderToken(tokens, k, options);
  };
  const image = rules.image;
  rules.image = (tokens, k, options, env, self) => {
    const src = tokens[k]?.attrGet('src');
    if (typeof src === 'string') {
      targets.push(decodeURI(src));
      tokens[k]?.attrSet('src', resolve(decodeURI(src)));
    }
    return image?.(tokens, k, options, env, self) ?? self.renderToken(tokens, k, options);
  };
  // What is wider than a telephone scrolls by itself, by keys too.
  rules.table_open = () => '<div class="wide" tabindex="0" role="region" aria-label="table"><table>\n';
  rules.table_close = () => '</table></div>\n';
  rules.fence = (tokens, k) => {
    const { info = '', content = '' } = tokens[k] ?? {};
    const kind = md.utils.escapeHtml(info.split(' ')[0] ?? '');
    return `<pre tabindex="0" data-kind="${kind}"><code>${md.utils.escapeHtml(content)}</code></pre>\n`;
  };
  rules.code_block = (tokens, k) =>
    `<pre tabindex="0"><code>${md.utils.escapeHtml(tokens[k]?.content ?? '')}</code></pre>\n`;
  return { html: md.render(text), headings, targets };
}

/** `$…$` within a line, as on GitHub: no blank inside the dollars, no digit behind. */
function addFormulas(md: InstanceType<typeof MarkdownIt>): void {
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
