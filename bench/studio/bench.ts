/** How soon the studio shows a curve, how smoothly it trains, and how fast it answers, in the Chromium on the PATH. */

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { required } from '../../src/errors/index.ts';

export interface StudioBenchOptions {
  /** Times that the page is opened. */
  readonly rounds: number;
  /** Seconds of training that frames are counted in. */
  readonly seconds: number;
}

/** One opening; times in milliseconds. */
export interface StudioRound {
  /** From navigation to the first paint: text and stored figures, before the script. */
  readonly painted: number;
  /** To the first curve that the script draws. */
  readonly curve: number;
  /** Frames a second while networks of width 256 and the limit train. */
  readonly frames: number;
  /** The longest time without a frame meanwhile. */
  readonly gap: number;
  /** The longest time from a key on the slider to the frame after the next, meanwhile. */
  readonly answer: number;
  /** The longest task of the page's own thread. */
  readonly task: number;
}

/** The largest networks of the slider, three of them, beside the limit: all that a page trains unless told more. */
const TRAINED = '#limit?v=1&width=256&seeds=3&steps=40';
const KEYS = 10;

/** Notes frames and long tasks from the first moment. */
const NOTES = `
  globalThis.__frames = [];
  globalThis.__tasks = [0];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.__tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const note = (time) => { globalThis.__frames.push(time); requestAnimationFrame(note); };
  requestAnimationFrame(note);
`;

/** Serves the studio as `nexort studio` does, and opens it so often. */
export async function studioBench({ rounds, seconds }: StudioBenchOptions): Promise<readonly StudioRound[]> {
  const bin = resolve(import.meta.dirname, '../../bin/nexort.js');
  const server = spawn(process.execPath, [bin, 'studio', '--no-open', '--port', '0']);
  const browser = await chromium.launch({
    executablePath: required(findBrowser(), 'Chromium on the PATH'),
    args: ['--headless', '--no-sandbox'],
  });
  try {
    const address = await addressOf(server.stdout);
    const found: StudioRound[] = [];
    for (let round = 0; round < rounds; round++) found.push(await opened(browser, address, seconds));
    return found;
  } finally {
    await browser.close();
    server.kill('SIGINT');
  }
}

function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((found) => {
    let text = '';
    output.on('data', (more) => {
      text += String(more);
      const [address] = /http:\/\/\S+/.exec(text) ?? [];
      if (address !== undefined) found(address);
    });
  });
}

async function opened(browser: Browser, address: string, seconds: number): Promise<StudioRound> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  await page.addInitScript(NOTES);
  const started = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator('.side svg g[aria-label="line"] path').first().waitFor({ state: 'attached' });
  const curve = performance.now() - started;
  await page.evaluate(`location.hash = '${TRAINED}'`);
  await page.locator('input#width').focus();
  const before = await page.evaluate<number>('globalThis.__frames.length');
  let answer = 0;
  const until = performance.now() + 1000 * seconds;
  for (let key = 0; key < KEYS; key++) {
    answer = Math.max(answer, await answered(page, key % 2 === 0 ? 'ArrowRight' : 'ArrowLeft'));
    await page.waitForTimeout(Math.max(0, (until - performance.now()) / (KEYS - key)));
  }
  const times = (await page.evaluate<number[]>('globalThis.__frames')).slice(before);
  const task = Math.max(...(await page.evaluate<number[]>('globalThis.__tasks')));
  const paints = await page.evaluate<number[]>("performance.getEntriesByType('paint').map((one) => one.startTime)");
  const painted = Math.min(...paints);
  await page.close();
  const gaps = times.slice(1).map((time, k) => time - required(times[k], 'frame'));
  const elapsed = gaps.reduce((sum, gap) => sum + gap, 0);
  return { painted, curve, frames: (1000 * gaps.length) / elapsed, gap: Math.max(...gaps), answer, task };
}

/** Until a key is answered: the frame after the next has what it changed. */
async function answered(page: Page, key: string): Promise<number> {
  await page.evaluate(`globalThis.__answered = new Promise((done) => addEventListener('keydown', () => {
    const began = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
  }, { once: true, capture: true })), undefined`);
  await page.keyboard.press(key);
  return page.evaluate<number>('globalThis.__answered');
}

/** A table of the rounds. */
export function studioReport(rounds: readonly StudioRound[]): string {
  const rows = rounds.map((round) =>
    [round.painted, round.curve, round.frames, round.gap, round.answer, round.task].map((value) => value.toFixed(0)),
  );
  const names = [
    'first paint, ms',
    'first curve, ms',
    'frames a second',
    'longest gap, ms',
    'slowest answer, ms',
    'longest task, ms',
  ];
  return [names, names.map(() => '---:'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
