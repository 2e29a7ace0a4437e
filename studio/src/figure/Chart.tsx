/** A figure in the page: drawn anew for every width and whenever what it shows changes. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isDark } from './colors.ts';
import { saveSvg } from './save.ts';

/** What Plot makes. */
export type Drawn = SVGSVGElement | HTMLElement;

export interface ChartProps {
  readonly title: string;
  /** What it shows, in words, for those who do not see it. */
  readonly label: string;
  readonly draw: (width: number) => Drawn;
  /** What it shows: it is drawn anew when one of these is another. */
  readonly of: readonly unknown[];
  /** A click at a place of the figure, in the values of its axes. */
  readonly onPlace?: (x: number, y: number, reach: number) => void;
  /** Whether what is held down counts at every place that it comes to. */
  readonly drags?: boolean;
  /** Names the figure to what speaks of it. */
  readonly figure?: string;
  readonly children?: ComponentChildren;
}

/** Whether the page is dark: figures with colors of their own are drawn anew when that changes. */
export function useDark(): boolean {
  const [dark, setDark] = useState(isDark());
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => setDark(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return dark;
}

/** Pixels around a point within which it is meant. */
const REACH = 12;

const LEAST_WIDTH = 240;

export function Chart({ title, label, draw, of, onPlace, drags = false, figure, children }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const dark = useDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.max(LEAST_WIDTH, Math.floor(element.clientWidth)));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = place.current;
    if (element === null || width === 0) return;
    const drawn = draw(width);
    // Rules of styles/figures.css; a style element in the figure is what the page's policy forbids.
    drawn.querySelector('style')?.remove();
    drawn.setAttribute('role', 'img');
    drawn.setAttribute('aria-label', label);
    // Plot names its marks, which nothing without a role may have.
    for (const mark of drawn.querySelectorAll('g[aria-label]')) mark.setAttribute('role', 'group');
    element.replaceChildren(drawn);
  }, [width, dark, label, ...of]);
  const tell = (event: PointerEvent): void => {
    const drawn = place.current?.firstElementChild;
    if (onPlace !== undefined && drawn !== null && drawn !== undefined) clicked(drawn as Drawn, event, onPlace); // drawn above
  };
  const pointer =
    onPlace === undefined
      ? {}
      : drags
        ? {
            onPointerDown: (event: PointerEvent) => {
              place.current?.setPointerCapture(event.pointerId);
              tell(event);
            },
            onPointerMove: (event: PointerEvent) => {
              if (event.buttons === 1) tell(event);
            },
          }
        : { onPointerUp: tell };
  const save = (): void => {
    const svg = place.current?.querySelector('svg');
    if (svg !== null && svg !== undefined) saveSvg(svg, title);
  };
  return (
    <figure class="chart" data-figure={figure}>
      <figcaption>
        <span class="chart-title">{title}</span>
        <button type="button" class="quiet" onClick={save} aria-label={`Save the figure “${title}” as SVG`}>
          SVG
        </button>
      </figcaption>
      <div class={onPlace === undefined ? 'chart-place' : 'chart-place touchable'} ref={place} {...pointer} />
      {children}
    </figure>
  );
}

interface Scaled {
  scale(name: string): { invert?(value: number): number } | undefined;
}

function clicked(drawn: Drawn, event: PointerEvent, tell: (x: number, y: number, reach: number) => void): void {
  const { scale } = drawn as Drawn & Scaled; // Plot's figures have it
  const [x, y] = [scale('x')?.invert, scale('y')?.invert];
  if (x === undefined || y === undefined) return;
  const { left, top } = drawn.getBoundingClientRect();
  const [across, down] = [event.clientX - left, event.clientY - top];
  tell(x(across), y(down), Math.abs(x(across + REACH) - x(across)));
}
