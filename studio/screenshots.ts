/** Writes docs/studio/*.png: every page at two sizes in both themes, once what it computes is there. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { findBrowser } from '../src/cli/doctor/extras.ts';
import { runFiles } from '../src/cli/studio/request.ts';
import { openStudio, ROOT } from '../test/studio/opened.ts';
import { CLASSIFIED } from './src/limit/presets.ts';
import { writeLink } from './src/link.ts';
import { DEFAULTS } from './src/problem/fields.ts';

const SIZES = [
  { name: '1920', width: 1920, height: 1080 },
  { name: '390', width: 390, height: 844 },
] as const;
const THEMES = ['light', 'dark'] as const;
/** Of a palette: colors that most pixels have, and with those that are farthest from all before. */
const [FREQUENT, COLORS] = [176, 256] as const;
/** Until all of a page is computed. */
const PATIENCE = 420_000;
/** Each with what says that it is ready, and where the picture begins. */
const PAGES = [
  { name: 'limit', link: '#limit?v=1&width=16', ready: '.status:has-text("Computed in this page")' },
  {
    name: 'classes',
    link: writeLink({ page: 'limit', told: { ...DEFAULTS, ...CLASSIFIED } }, DEFAULTS),
    ready: '.status:has-text("Computed in this page")',
  },
  {
    name: 'program',
    link: '#program?v=1&example=two-layer-backpropagation',
    ready: 'main:has(.gram table):has(.convergence svg)',
  },
  { name: 'transfer', link: '#transfer?v=1', ready: '.work button:has-text("Train")' },
  { name: 'runs', link: '#runs?v=1', ready: '.tokens', from: { 1920: 'h2:has-text("Kernels")', 390: '.why' } },
  { name: 'phase', link: '#phase?v=1', ready: 'h2:has-text("Feature learning")' },
] as const;

const browser = findBrowser();
if (browser === undefined) throw new Error('no Chromium on the PATH');
const wanted = process.argv.slice(2);
const folder = join(ROOT, 'docs/studio');
mkdirSync(folder, { recursive: true });
const studio = await openStudio(browser, { model: runFiles(join(ROOT, 'models/tiny-mlm')) });
try {
  for (const { name, link, ready, ...more } of PAGES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { page, messages } = await studio.open(link, { viewport: SIZES[0] });
    if (name === 'runs') {
      await page.locator('input#files').setInputFiles(filesOfRun());
      await page.locator('select#example').selectOption({ index: 1 });
      await page.getByRole('button', { name: 'By layer and token' }).click();
    }
    if (name === 'transfer') await page.getByRole('button', { name: 'Train' }).click();
    await page.locator(ready).first().waitFor({ timeout: PATIENCE });
    // As on a second visit.
    if ((await page.locator('.offer').count()) > 0) await page.getByRole('button', { name: 'No, thanks' }).click();
    for (const { name: size, width, height } of SIZES) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        if ('from' in more) await page.locator(more.from[size]).evaluate((element) => element.scrollIntoView());
        await page.waitForTimeout(400);
        writeFileSync(join(folder, `${name}-${size}-${colorScheme}.png`), withPalette(await page.screenshot()));
      }
    }
    await page.context().close();
    if (messages.length > 0) console.error(`${name}: ${messages.join('\n')}`);
  }
} finally {
  await studio.close();
}

/** A run of the embedded model on the embedded task. */
function filesOfRun(): string[] {
  const run = join(mkdtempSync(join(tmpdir(), 'nexort-screenshots-')), 'run');
  const words = ['kernel', '--k', '16', '--limit', '40', '--seeds', '13,21', '--out', run];
  execFileSync(process.execPath, [join(ROOT, 'bin/nexort.js'), ...words], { stdio: 'ignore' });
  return ['run.json', 'kernels.safetensors'].map((file) => join(run, file));
}

function squareBetween(one: number, other: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const palette = all.slice(0, FREQUENT);
  const rest = all.slice(FREQUENT).map((color) => ({
    color,
    distance: Math.min(...palette.map((one) => squareBetween(one, color))),
  }));
  while (palette.length < COLORS && rest.length > 0) {
    const far = rest.reduce((a, b) => (b.distance > a.distance ? b : a));
    palette.push(far.color);
    rest.splice(rest.indexOf(far), 1);
    for (const one of rest) one.distance = Math.min(one.distance, squareBetween(one.color, far.color));
  }
  return palette;
}

/** With 256 colors, others by the nearest of them: half the size, and no difference to see. */
function withPalette(png: Uint8Array): Uint8Array {
  const { data, width, height, channels } = decode(png);
  const pixels = Array.from({ length: width * height }, (_, k) => {
    const [r = 0, g = 0, b = 0] = data.subarray(k * channels, k * channels + 3);
    return r * 65_536 + g * 256 + b;
  });
  const counts = new Map<number, number>();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = paletteOf(counts);
  const parts = palette.map((color) => [color >> 16, (color >> 8) & 255, color & 255]);
  const places = new Map(palette.map((color, place) => [color, place]));
  const nearest = (color: number): number => {
    const all = palette.map((one) => squareBetween(one, color));
    return all.indexOf(Math.min(...all));
  };
  for (const color of counts.keys()) if (!places.has(color)) places.set(color, nearest(color));
  const indices = Uint8Array.from(pixels, (color) => places.get(color) ?? 0);
  return encode({ width, height, data: indices, depth: 8, channels: 1, palette: parts }, { zlib: { level: 9 } });
}
