/** Figures as SVG files of their own: colors written out, so that programs without style sheets show them too. */

import type { Html } from './html.ts';
import { DARK, LIGHT } from './style.ts';

/** `--name: #color` of a theme. */
const colorsOf = (theme: string): ReadonlyMap<string, string> =>
  new Map([...theme.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name = '', color = '']) => [name, color]));

const [LIGHT_COLORS, DARK_COLORS] = [colorsOf(LIGHT), colorsOf(DARK)];

/** Of Plot's, and of figures in pages (style.ts), for which textLayout.ts is made. */
const [OWN_SIZE, SIZE] = ['font-size="10"', 'font-size="12.5"'];

/** Where a theme's color has no name, which only a misspelled one has. */
const MISSING = '#ff00ff';

/**
 * A figure as a file. Attributes hold the light colors; rules put the dark ones in their place where the reader prefers
 * them. No two colors of one figure may be alike in the light theme.
 */
export function standalone(figure: Html): string {
  const names = new Set([...figure.text.matchAll(/var\(--([\w-]+)\)/g)].map(([, name = '']) => name));
  const light = (name: string): string => LIGHT_COLORS.get(name) ?? MISSING;
  const dark = (name: string): string => DARK_COLORS.get(name) ?? MISSING;
  const rules = [...names].flatMap((name) =>
    ['fill', 'stroke'].map((part) => `[${part}="${light(name)}"] { ${part}: ${dark(name)}; }`),
  );
  const style = [
    `svg { color: ${light('ink')}; }`,
    `.page { fill: ${light('page')}; }`,
    '@media (prefers-color-scheme: dark) {',
    ...[`svg { color: ${dark('ink')}; }`, `.page { fill: ${dark('page')}; }`, ...rules].map((rule) => `  ${rule}`),
    '}',
  ].join('\n');
  const page = `<rect class="page" width="100%" height="100%" fill="${light('page')}" />`;
  return `${figure.text
    .replaceAll(/var\(--([\w-]+)\)/g, (_, name: string) => light(name))
    // Attributes hold no ">", so the first one ends the opening tag.
    .replace(/^<svg([^>]*)>/, (_, attributes: string) =>
      [
        `<svg xmlns="http://www.w3.org/2000/svg"${attributes.replace(OWN_SIZE, SIZE)}>`,
        `<style>`,
        style,
        '</style>',
        page,
        '',
      ].join('\n'),
    )}\n`;
}
