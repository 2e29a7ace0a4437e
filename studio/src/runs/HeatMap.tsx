/** A kernel as a picture: a pixel for each entry, which says its examples when it is pointed at. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { DIVERGING, isDark, SEQUENTIAL } from '../figure/colors.ts';
import { digits } from '../limit/words.ts';
import { byClass, type DrawKernel } from './kernels.ts';

export function HeatMap({ kernel, ordered }: { readonly kernel: DrawKernel; readonly ordered: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<readonly [number, number] | undefined>(undefined);
  const { rows, columns, entries, labels, texts } = kernel;
  const all = Array.from({ length: rows }, (_, k) => k);
  const rowOrder = ordered ? byClass(kernel) : all;
  const columnOrder = ordered ? byClass(kernel, columns) : all.slice(0, columns);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const [least, most] = entries.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    const reach = Math.max(-least, most) || 1;
    const theme = isDark() ? 'dark' : 'light';
    const range = (least < 0 ? DIVERGING : SEQUENTIAL)[theme].map(channels);
    const image = context.createImageData(columns, rows);
    rowOrder.forEach((row, y) => {
      columnOrder.forEach((column, x) => {
        const value = entries[row * columns + column] ?? Number.NaN;
        const share = least < 0 ? (value / reach + 1) / 2 : (value - least) / (most - least || 1);
        image.data.set([...mixed(range, share), 255], 4 * (y * columns + x));
      });
    });
    context.putImageData(image, 0, 0);
  }, [kernel, ordered]);
  const point = (event: PointerEvent): void => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return;
    const place = (share: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    setAt([
      place((event.clientY - box.top) / box.height, rows),
      place((event.clientX - box.left) / box.width, columns),
    ]);
  };
  const [row, column] = [rowOrder[at?.[0] ?? -1], columnOrder[at?.[1] ?? -1]];
  return (
    <figure class="chart">
      <canvas
        ref={canvas}
        class="heat"
        width={columns}
        height={rows}
        role="img"
        aria-label={`The kernel ${kernel.name}, ${rows} rows by ${columns} columns${ordered ? ', ordered by class' : ''}`}
        onPointerMove={point}
        onPointerLeave={() => setAt(undefined)}
      />
      <p class="hint" aria-live="polite">
        {row === undefined || column === undefined
          ? 'Point at an entry to see its examples.'
          : `${digits(entries[row * columns + column] ?? Number.NaN)}: “${texts[row]}” (${labels[row]}) with “${texts[column]}” (${labels[column]})`}
      </p>
    </figure>
  );
}

const channels = (color: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

function mixed(range: readonly (readonly number[])[], share: number): readonly number[] {
  const place = Math.min(range.length - 1.001, Math.max(0, share) * (range.length - 1));
  const [from, to] = [range[Math.floor(place)] ?? [], range[Math.floor(place) + 1] ?? []];
  return from.map((value, k) => value + (place - Math.floor(place)) * ((to[k] ?? value) - value));
}
