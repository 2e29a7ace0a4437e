import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkOf } from '../../../src/cli/studio/link.ts';
import { nexort, nexortIn } from '../nexort.ts';

/** Until what is waited for is there. */
async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await sleep(20);
}

describe('nexort studio', () => {
  it('prints its address, and ends at Ctrl-C', async () => {
    const before = process.listenerCount('SIGINT');
    const running = nexort('studio', '--no-open');
    await until(() => process.listenerCount('SIGINT') > before);
    process.emit('SIGINT');
    const { code, stdout, stderr } = await running;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\n$/);
    expect(stderr).toContain('Ctrl-C ends it.');
    await expect(fetch(stdout.trim())).rejects.toThrow('fetch failed');
  });

  it('opens a run folder that is given, and refuses what is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nexort-studio-'));
    mkdirSync(join(folder, 'my run'));
    writeFileSync(join(folder, 'my run/run.json'), '{}');
    const before = process.listenerCount('SIGINT');
    const running = nexortIn(folder, 'studio', 'my run', '--no-open');
    await until(() => process.listenerCount('SIGINT') > before);
    process.emit('SIGINT');
    const { stdout } = await running;
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/#runs\?v=1&run=my%20run\n$/);
    const refused = await nexortIn(folder, 'studio', 'nowhere', '--no-open');
    rmSync(folder, { recursive: true, force: true });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "'nowhere' cannot be opened in the studio: there is nothing of this name. Expected a run folder",
    );
  });

  it('refuses a port that is none', async () => {
    const { code, stderr } = await nexort('studio', '--port', '70000', '--no-open');
    expect(code).toBe(2);
    expect(stderr).toContain('Give a whole number from 0 to 65535.');
  });
});

describe('nexort studio --export', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nexort-export-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes one file as a whole, in the place of an older one, and ends', async () => {
    writeFileSync(join(folder, 'page.html'), 'older');
    const { code, stdout, stderr } = await nexortIn(
      folder,
      ...['studio', '--export', 'page.html', '--link', 'http://127.0.0.1:8123/abc/#limit?v=1&depth=3'],
    );
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('page: page.html');
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('<meta name="studio-link" content="#limit?v=1&amp;depth=3" />');
    expect(page.trimEnd().endsWith('</html>')).toBe(true);
    expect(readdirSync(folder)).toEqual(['page.html']);
  });

  it.each([
    [
      ['--export', 'page.txt'],
      "--export is given 'page.txt'; pages are HTML files, so expected a name that ends in .html.",
    ],
    [['--export', 'page.html/x.html'], "The page 'page.html/x.html' cannot be written: "],
    [
      ['--export', 'a.html', '--link', 'depth=3'],
      "--link is given 'depth=3'; expected the address of a page of the studio",
    ],
  ])('refuses %j', async (words, message) => {
    writeFileSync(join(folder, 'page.html'), 'a file');
    const { code, stderr } = await nexortIn(folder, 'studio', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual(['page.html']);
  });

  it.each([
    ['#limit', '#limit'],
    [' #phase?v=1&a=0,0,1 ', '#phase?v=1&a=0,0,1'],
    ['file:///a/page.html#runs?v=1', '#runs?v=1'],
  ])('reads the link %j', (given, link) => expect(linkOf(given)).toBe(link));

  it.each(['', '#', 'limit?v=1', '#limit v=1', 'http://127.0.0.1:8123/abc/'])('and none of %j', (given) => {
    expect(() => linkOf(given)).toThrow('--link is given');
  });
});
