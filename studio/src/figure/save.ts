/** Files that a page hands out. */

const PARTS = [
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'opacity',
  'fill-opacity',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-width',
] as const;
const COLORS = ['fill', 'stroke', 'color'] as const;
const SVG = 'http://www.w3.org/2000/svg';

/** Gives a file to the person. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const link = document.createElement('a');
  const address = URL.createObjectURL(new Blob([content], { type }));
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}

/** A figure as a file of its own, with the colors that it has on the page. */
export function saveSvg(svg: SVGSVGElement, title: string): void {
  const { width, height } = svg.getBoundingClientRect();
  const sheet = emptySheet(width, height);
  sheet.append(styledCopy(svg));
  saveFile(`${fileName(title)}.svg`, 'image/svg+xml', sheet.outerHTML);
}

/** A title as the name of a file. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll('∞', 'infinity')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');

/** Pixels between figures that do not stand beside one another. */
const [GAP, MARGIN] = [24, 12] as const;
/** Charts, pictures of kernels, and graphs, with their titles. */
const FIGURES = 'figure.chart, section.graph';
const TITLES = '.chart-title, h2';

/**
 * All figures within an element as one picture with their titles, beside one another as on the page, and below one another
 * without what stands between them; undefined where there are none.
 */
export function sheetOf(element: Element): SVGSVGElement | undefined {
  const all = [...element.querySelectorAll(FIGURES)]
    .flatMap((figure) => {
      const shown = figure.querySelector<SVGSVGElement | HTMLCanvasElement>('svg.plot, svg.program-graph, canvas');
      const title = figure.querySelector(TITLES);
      return shown === null ? [] : [{ shown, title, top: topOf(title ?? shown), box: shown.getBoundingClientRect() }];
    })
    // Those within what is folded up are not seen.
    .filter(({ box }) => box.width > 0)
    .sort((a, b) => a.top - b.top);
  if (all.length === 0) return undefined;
  const left = Math.min(...all.map(({ box }) => box.left)) - MARGIN;
  const sheet = emptySheet(Math.max(...all.map(({ box }) => box.right)) + MARGIN - left, 0);
  const place = (copy: SVGElement, x: number, y: number): void => {
    copy.setAttribute('x', String(x - left));
    copy.setAttribute('y', String(y));
    sheet.append(copy);
  };
  // Of the picture so far the end, and how much higher it stands than the page.
  let [bottom, higher] = [0, (all[0]?.top ?? 0) - MARGIN];
  for (const { shown, title, top, box } of all) {
    higher = Math.max(higher, top - higher > bottom + GAP ? top - bottom - GAP : higher);
    place(shown instanceof SVGSVGElement ? styledCopy(shown) : imageOf(shown, box), box.left, box.top - higher);
    bottom = Math.max(bottom, box.bottom - higher);
    if (title === null) continue;
    linesOf(title).forEach((line, k) => {
      place(line.text, title.getBoundingClientRect().left, topOf(title) - higher + line.size + k * line.height);
    });
  }
  sheet.setAttribute('height', String(Math.ceil(bottom + MARGIN)));
  return sheet;
}

const topOf = (element: Element): number => element.getBoundingClientRect().top;

/** The words of a title, with lines as on the page. */
function linesOf(
  title: Element,
): readonly { readonly text: SVGTextElement; readonly size: number; readonly height: number }[] {
  const style = getComputedStyle(title);
  const size = Number.parseFloat(style.fontSize);
  const context = document.createElement('canvas').getContext('2d');
  if (context !== null) context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { width, height: whole } = title.getBoundingClientRect();
  // Of one line nothing is cut, whatever a canvas measures.
  const isCut = whole > 2 * size;
  const lines = [''];
  for (const word of (title.textContent ?? '').split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (!isCut || (context?.measureText(longer).width ?? 0) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => {
    const text = document.createElementNS(SVG, 'text');
    text.textContent = line;
    for (const name of ['font-family', 'font-size', 'font-weight'])
      text.setAttribute(name, style.getPropertyValue(name));
    text.setAttribute('fill', plainColor(style.color));
    return { text, size, height: whole / lines.length };
  });
}

/** A picture of entries within another, of the size that it has on the page; entries stay squares. */
function imageOf(picture: HTMLCanvasElement, { width, height }: DOMRect): SVGImageElement {
  const image = document.createElementNS(SVG, 'image');
  for (const [name, value] of [
    ['href', enlarged(picture).toDataURL('image/png')],
    ['width', String(width)],
    ['height', String(height)],
    ['preserveAspectRatio', 'none'],
    ['image-rendering', 'pixelated'],
  ] as const)
    image.setAttribute(name, value);
  return image;
}

/** A picture as PNG, so many times as fine as on the page. Rejects where the browser draws none. */
export async function pngOf(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.outerHTML)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(Number(svg.getAttribute('width')) * scale);
  canvas.height = Math.ceil(Number(svg.getAttribute('height')) * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas);
}

/** Pixels of the longer side of a picture that has one for each entry. */
const LEAST_SIDE = 1024;

/** A picture of entries as PNG, each of them a square of whole pixels. Rejects where the browser draws none. */
export const pngOfEntries = (picture: HTMLCanvasElement): Promise<Blob> => blobOf(enlarged(picture));

function enlarged(picture: HTMLCanvasElement): HTMLCanvasElement {
  const scale = Math.ceil(LEAST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

const blobOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob === null ? failed(new Error('This browser makes no PNG of a figure.')) : done(blob)));
  });

/** A picture of a size, of the color of the page. */
function emptySheet(width: number, height: number): SVGSVGElement {
  const sheet = document.createElementNS(SVG, 'svg');
  const back = document.createElementNS(SVG, 'rect');
  for (const [name, value] of [
    ['xmlns', SVG],
    ['width', String(Math.ceil(width))],
    ['height', String(Math.ceil(height))],
  ] as const)
    sheet.setAttribute(name, value);
  for (const [name, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', plainColor(getComputedStyle(document.body).backgroundColor)],
  ] as const)
    back.setAttribute(name, value);
  sheet.append(back);
  return sheet;
}

function styledCopy(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement; // of the same kind
  const [from, to] = [
    [svg, ...svg.querySelectorAll('*')],
    [copy, ...copy.querySelectorAll('*')],
  ];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const part of PARTS) to[k]?.setAttribute(part, style.getPropertyValue(part));
    for (const part of COLORS) to[k]?.setAttribute(part, plainColor(style.getPropertyValue(part)));
  });
  return copy;
}

const plain = new Map<string, string>();

/** A color as every program reads it: mixed ones have spaces of their own in a browser, and no meaning elsewhere. */
function plainColor(color: string): string {
  if (color === 'none' || /^(#|rgb|url)/.test(color)) return color;
  const known = plain.get(color);
  if (known !== undefined) return known;
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (context === null) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  const found = alpha === 255 ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
  plain.set(color, found);
  return found;
}
