/** Files that a page hands out. */

const PARTS = [
  'fill',
  'stroke',
  'color',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'fill-opacity',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-width',
] as const;

/** Gives a file to the person. */
export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  const address = URL.createObjectURL(new Blob([text], { type }));
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}

/** A figure as a file of its own, with the colors that it has on the page. */
export function saveSvg(svg: SVGSVGElement, title: string): void {
  const copy = svg.cloneNode(true) as SVGSVGElement; // of the same kind
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const [from, to] = [
    [svg, ...svg.querySelectorAll('*')],
    [copy, ...copy.querySelectorAll('*')],
  ];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const part of PARTS) to[k]?.setAttribute(part, style.getPropertyValue(part));
  });
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', getComputedStyle(document.body).backgroundColor],
  ] as const)
    back.setAttribute(name, value);
  copy.prepend(back);
  saveFile(`${title.toLowerCase().replaceAll(/[^\w]+/g, '-')}.svg`, 'image/svg+xml', copy.outerHTML);
}
