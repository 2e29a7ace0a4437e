/** A process of its own for the tests: `child MODE FOLDER`. */

import { createInterface } from 'node:readline';
import { NexortError } from '../../src/errors/index.ts';
import { openRun, type RunFolder } from '../../src/runs/runFolder.ts';
import { BLOCKS, content } from './childBlocks.ts';

const [, , mode, folder = ''] = process.argv;

const open = () => openRun({ folder, identity: { task: 'child' }, plan: () => null });
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Writes all missing blocks, removes them, and so on until it is killed. */
async function writeForever(): Promise<void> {
  say('begin');
  const run = await open();
  say('open');
  for (;;) {
    for (const block of BLOCKS) if (!(await run.has(block))) await run.write(block, content(block));
    for (const block of BLOCKS) await run.remove(block);
  }
}

/** Opens and closes when it is told to. */
async function obey(): Promise<void> {
  let run: RunFolder<null> | undefined;
  say('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'open') {
      try {
        run = await open();
        say('held');
      } catch (error) {
        say(error instanceof NexortError ? `${error.code} ${error.data.pid}` : String(error));
      }
    } else if (line === 'close') {
      await run?.close();
      say('closed');
    } else if (line === 'exit') {
      process.exit(0);
    }
  }
}

/** Writes a block of four thousand bytes and one of forty thousand; tells how that ended. */
async function fill(): Promise<void> {
  const run = await open();
  for (const size of [4_000, 40_000]) {
    try {
      await run.write(`size/${size}`, [new Uint8Array(size)]);
      say(`written ${size}`);
    } catch (error) {
      say(error instanceof NexortError ? `${error.code}: ${error.message}` : String(error));
    }
  }
  await run.close();
}

if (mode === 'write') await writeForever();
if (mode === 'obey') await obey();
if (mode === 'fill') await fill();
