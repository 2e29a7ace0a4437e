import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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
