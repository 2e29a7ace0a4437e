/** Figures beside the text of tutorials, and whether a run makes them again. */

import { decode, encode } from 'fast-png';
import { isAlike } from './alike.ts';

/** Coordinates may differ by what no eye sees: runs in f32 round another way on another machine. */
const PIXELS = 0.25;
const NUMBER = /-?\d+(?:\.\d+)?/g;

/** Whether two drawings in SVG have the same marks at the same places, and the same words but for last digits of numbers. */
export function drawnAlike(shown: string, drawn: string): boolean {
  const [mine, other] = [partsOf(shown), partsOf(drawn)];
  return (
    mine.length === other.length &&
    mine.every((part, k) => {
      const beside = other[k] ?? '';
      return part.startsWith('<') ? placedAlike(part, beside) : isAlike(part, beside);
    })
  );
}

/** Tags with their attributes, and the words between them; the label for screen readers, words itself, apart. */
const partsOf = (svg: string): string[] =>
  svg.split(/(<[^>]*>)/).flatMap((part) => {
    const [label, words] = / aria-label="([^"]*)"/.exec(part) ?? [];
    return label === undefined || words === undefined ? [part] : [words, part.replace(label, '')];
  });

/** Attributes that say where and how large something is; all others are the same. */
const PLACES = /^(?:d|points|transform|[cr]?[xyr]|[xy][12]|d[xy]|width|height)$/;

function placedAlike(mine: string, other: string): boolean {
  const [places, others] = [placesIn(mine), placesIn(other)];
  return withoutPlaces(mine) === withoutPlaces(other) && places.every((place, k) => near(place, others[k]));
}

const near = (place: number, other = Number.NaN): boolean => Math.abs(place - other) <= PIXELS;

const ATTRIBUTE = /(?<= )([\w:-]+)="([^"]*)"/g;

const placesIn = (tag: string): number[] =>
  [...tag.matchAll(ATTRIBUTE)].flatMap(([, name = '', value = '']) =>
    PLACES.test(name) ? (value.match(NUMBER) ?? []).map(Number) : [],
  );

const withoutPlaces = (tag: string): string =>
  tag.replace(ATTRIBUTE, (whole, name: string) => (PLACES.test(name) ? whole.replace(NUMBER, '#') : whole));

/** What a picture of the beginning of a page shows, to its first figure: words, with the numbers that colors stand for. */
export function wordsOfPage(html: string): string {
  const [, beginning = ''] = /<body[^>]*>([\s\S]*?<\/figure>)/.exec(html) ?? [];
  return beginning
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]* title="([^"]*)"[^>]*>/g, '($1) ')
    .replace(/<\/?(?:span|strong)[^>]*>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('−', '-')
    .replace(/&(?:#39|#x27|apos);/g, "'")
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

/** Where a picture keeps the words that it shows. */
const KEYWORD = 'Description';

export const wordsOfPicture = (png: Uint8Array): string => decode(png).text[KEYWORD] ?? '';

const VIEWPORT = { width: 760, height: 800 };
const MARGIN = 16;

/** A picture of the beginning of a page, to its first figure, that keeps its words. */
export async function pictureOf(html: string, executablePath: string): Promise<Uint8Array> {
  // Of all that is here only this needs them, and only where figures are written anew.
  const [{ chromium }, { FLAGS }] = await Promise.all([import('playwright-core'), import('../browser/chromium.ts')]);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' });
    await page.setContent(html);
    const box = await page.locator('figure').first().boundingBox();
    if (box === null) throw new Error('the page has no figure');
    const clip = { x: 0, y: 0, width: VIEWPORT.width, height: Math.ceil(box.y + box.height + MARGIN) };
    const { width, height, data, depth, channels } = decode(await page.screenshot({ clip, fullPage: true }));
    return encode({ width, height, data, depth, channels, text: { [KEYWORD]: wordsOfPage(html) } });
  } finally {
    await browser.close();
  }
}
