/** A kernel as a picture: a pixel for each entry, which says its examples, in the whole or a part of it. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useDark } from '../figure/Chart.tsx';
import { DIVERGING, isDark, SEQUENTIAL } from '../figure/colors.ts';
import { fileName, pngOfEntries, saveFile } from '../figure/save.ts';
import { digits } from '../limit/words.ts';
import { definedAs, kernelDefined } from './definitions.ts';
import type { DrawKernel } from './kernels.ts';
import { ORDER_WORDS, type Order, placesOf } from './order.ts';
import { between, isWhole, type Part, powerOf, showing, whole, zoomed } from './zoom.ts';

export interface HeatMapProps {
  readonly kernel: DrawKernel;
  readonly order: Order;
  /** The row of an example that was clicked. */
  readonly onRow?: (row: number) => void;
}

type Entry = readonly [row: number, column: number];

/** Pixels that a pointer may move by in a click. */
const STILL = 5;
const FACTOR = 2;
/** Powers of 2 that the wheel turns by at a time: of less, three rows or columns would stay three by rounding. */
const LEAST_TURN = 0.5;
const ENLARGE =
  'Drag over a part, or turn the wheel with Ctrl or ⌘, to enlarge it; + and − are keys of the picture too, and 0 shows the whole';
/** Pictures are no narrower than a fifth of their height, nor lower. */
const NARROWEST = 0.2;
/** Of an entry, in rem. */
const WIDEST = 5;

export function HeatMap({ kernel, order, onRow }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** What the wheel has turned by since the last change, as a power of 2. */
  const turned = useRef(0);
  const [part, setPart] = useState<Part>(whole(kernel));
  const [at, setAt] = useState<Entry | undefined>(undefined);
  const [pressed, setPressed] = useState<
    { readonly entry: Entry; readonly x: number; readonly y: number } | undefined
  >();
  const places = useMemo(() => placesOf(kernel, order), [kernel, order]);
  useEffect(() => {
    setPart(whole(kernel));
    setAt(undefined);
  }, [kernel, order]);
  const dark = useDark();
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, kernel, places, part);
  }, [kernel, places, part, dark]);

  const { rows, columns, entries, labels, texts } = kernel;
  const entryAt = (event: MouseEvent): Entry => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect(); // it is what was pointed at
    const place = (share: number, from: number, to: number): number =>
      Math.min(to - 1, Math.max(from, from + Math.floor(share * (to - from))));
    return [
      place((event.clientY - box.top) / box.height, part.top, part.bottom),
      place((event.clientX - box.left) / box.width, part.left, part.right),
    ];
  };
  const choose = ([row]: Entry): void => {
    const found = places.rows[row];
    if (found !== undefined) onRow?.(found);
  };
  const zoomBy = (factor: number): void => {
    const [row, column] = at ?? [Math.floor((part.top + part.bottom) / 2), Math.floor((part.left + part.right) / 2)];
    setPart(zoomed(part, kernel, row, column, factor));
  };
  // Without Ctrl or ⌘ the wheel scrolls the page.
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const [row, column] = entryAt(event);
    const power = powerOf(event);
    turned.current = power + (power * turned.current > 0 ? turned.current : 0);
    if (Math.abs(turned.current) < LEAST_TURN) return;
    setPart(zoomed(part, kernel, row, column, 2 ** turned.current));
    turned.current = 0;
  };
  const released = (event: PointerEvent): void => {
    if (pressed === undefined) return;
    setPressed(undefined);
    const entry = entryAt(event);
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) <= STILL) choose(entry);
    else setPart(between(pressed.entry, entry, kernel));
  };
  const save = async (): Promise<void> => {
    if (canvas.current !== null)
      saveFile(`${fileName(kernel.name)}.png`, 'image/png', await pngOfEntries(canvas.current));
  };
  const key = (event: KeyboardEvent): void => {
    const step = KEYS[event.key];
    const here: Entry = at ?? [part.top, part.left];
    if (step !== undefined) {
      const next: Entry = [clamped(here[0] + step[0], rows), clamped(here[1] + step[1], columns)];
      setAt(next);
      setPart(showing(part, ...next));
    } else if (event.key === '+' || event.key === '=') zoomBy(FACTOR);
    else if (event.key === '-') zoomBy(1 / FACTOR);
    else if (event.key === '0' || event.key === 'Escape') setPart(whole(kernel));
    else if (event.key === 'Enter' || event.key === ' ') choose(here);
    else return;
    event.preventDefault();
  };
  const [row, column] = [places.rows[at?.[0] ?? -1], places.columns[at?.[1] ?? -1]];
  const brush = pressed === undefined || at === undefined ? undefined : between(pressed.entry, at, kernel);
  const name = `The kernel ${kernel.name}, ${rows} rows by ${columns} columns, ${ORDER_WORDS[order]}`;
  const seen = isWhole(part, kernel)
    ? ''
    : `: rows ${part.top + 1} to ${part.bottom}, columns ${part.left + 1} to ${part.right}`;
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{`${rows} × ${columns}${seen}`}</span>
        <span class="zoom" title={ENLARGE}>
          <button type="button" class="quiet" onClick={() => zoomBy(FACTOR)} aria-label="Zoom in">
            +
          </button>
          <button type="button" class="quiet" onClick={() => zoomBy(1 / FACTOR)} aria-label="Zoom out">
            −
          </button>
          <button type="button" class="quiet" onClick={() => setPart(whole(kernel))} disabled={isWhole(part, kernel)}>
            Whole
          </button>
          <button type="button" class="quiet" onClick={() => void save()} aria-label="Save what is seen as PNG">
            PNG
          </button>
        </span>
      </figcaption>
      {/* Arrows, + and − are its own: a role that leaves them to it. */}
      <div
        class="heat"
        role="application"
        aria-label={`${name}. Arrows move, plus and minus zoom, 0 shows the whole, Enter chooses the row’s example.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: entries are gone through by keys
        tabIndex={0}
        style={{
          maxWidth: `min(30rem, ${WIDEST * columns}rem)`,
          aspectRatio: String(Math.min(1 / NARROWEST, Math.max(NARROWEST, columns / rows))),
        }}
        onKeyDown={key}
        onWheel={wheel}
        onPointerDown={(event) => {
          if (event.button === 0) setPressed({ entry: entryAt(event), x: event.clientX, y: event.clientY });
          if (event.pointerType === 'mouse') event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => setAt(entryAt(event))}
        onPointerUp={released}
        onPointerCancel={() => setPressed(undefined)}
        onPointerLeave={() => {
          if (pressed === undefined) setAt(undefined);
        }}
      >
        <canvas ref={canvas} width={part.right - part.left} height={part.bottom - part.top} />
        {brush === undefined ? null : <div class="brush" style={boxOf(brush, part)} />}
        {at === undefined || brush !== undefined ? null : (
          <div class="pointed" style={boxOf({ top: at[0], bottom: at[0] + 1, left: at[1], right: at[1] + 1 }, part)} />
        )}
      </div>
      <p class="hint" aria-live="polite">
        {row === undefined || column === undefined
          ? 'Point at an entry to see its examples. Drag over a part, or pinch, or turn the wheel with Ctrl or ⌘, to enlarge it. Click a row to see what carries its prediction.'
          : `${digits(entries[row * columns + column] ?? Number.NaN)}: “${texts[row]}” (${labels[row]}) with “${texts[column]}” (${labels[column]}).${definedAs(kernelDefined(kernel.kind)).replace('\n', ' ')}`}
      </p>
    </figure>
  );
}

const KEYS: Readonly<Record<string, Entry>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

const clamped = (place: number, count: number): number => Math.min(count - 1, Math.max(0, place));

/** Where a part of what is seen lies, in shares of the box. */
function boxOf(of: Part, seen: Part): Readonly<Record<string, string>> {
  const share = (value: number, from: number, to: number): string => `${(100 * (value - from)) / (to - from)}%`;
  return {
    top: share(of.top, seen.top, seen.bottom),
    left: share(of.left, seen.left, seen.right),
    height: share(of.bottom - of.top, 0, seen.bottom - seen.top),
    width: share(of.right - of.left, 0, seen.right - seen.left),
  };
}

function paint(
  canvas: HTMLCanvasElement,
  { entries, columns }: DrawKernel,
  places: ReturnType<typeof placesOf>,
  part: Part,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  // Of the whole: colors stay what they are in a part.
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of entries) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const reach = Math.max(-least, most) || 1;
  const range = (least < 0 ? DIVERGING : SEQUENTIAL)[isDark() ? 'dark' : 'light'].map(channels);
  const width = part.right - part.left;
  const image = context.createImageData(width, part.bottom - part.top);
  places.rows.slice(part.top, part.bottom).forEach((row, y) => {
    places.columns.slice(part.left, part.right).forEach((column, x) => {
      const value = entries[row * columns + column] ?? Number.NaN;
      const share = least < 0 ? (value / reach + 1) / 2 : (value - least) / (most - least || 1);
      image.data.set([...mixed(range, share), 255], 4 * (y * width + x));
    });
  });
  context.putImageData(image, 0, 0);
}

const channels = (color: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

function mixed(range: readonly (readonly number[])[], share: number): readonly number[] {
  const place = Math.min(range.length - 1.001, Math.max(0, share) * (range.length - 1));
  const [from, to] = [range[Math.floor(place)] ?? [], range[Math.floor(place) + 1] ?? []];
  return from.map((value, k) => value + (place - Math.floor(place)) * ((to[k] ?? value) - value));
}
