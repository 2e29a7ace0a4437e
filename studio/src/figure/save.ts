/** Files that a page hands out. */

const PARTS = [
  'font-family',
  'font-size',
  'font-weight',
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

/** All figures within an element as one picture, as they lie on the page, with their titles. */
export function sheetOf(element: Element): SVGSVGElement {
  const frame = element.getBoundingClientRect();
  const sheet = emptySheet(frame.width, frame.height);
  const place = (copy: SVGElement, from: Element, down = 0): void => {
    const { left, top } = from.getBoundingClientRect();
    copy.setAttribute('x', String(left - frame.left));
    copy.setAttribute('y', String(top - frame.top + down));
    sheet.append(copy);
  };
  for (const figure of element.querySelectorAll('figure.chart')) {
    const [svg, title] = [figure.querySelector('svg'), figure.querySelector('.chart-title')];
    if (svg !== null) place(styledCopy(svg), svg);
    if (title === null || svg === null) continue;
    const style = getComputedStyle(title);
    const text = document.createElementNS(SVG, 'text');
    text.textContent = title.textContent;
    for (const name of ['font-family', 'font-size', 'font-weight'])
      text.setAttribute(name, style.getPropertyValue(name));
    text.setAttribute('fill', plainColor(style.color));
    place(text, title, Number.parseFloat(style.fontSize));
  }
  return sheet;
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
export async function pngOfEntries(picture: HTMLCanvasElement): Promise<Blob> {
  const scale = Math.ceil(LEAST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  return blobOf(canvas);
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
