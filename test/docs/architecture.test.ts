/** docs/architecture.md: its table of rooms is the linter's, its files are there, and its example changes work. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAY_IMPORT } from '../structure/mayImport.ts';
import { apply, applyPatch, changesIn, copyOfSources, filesOf, PATCHES, page, patched } from './architecture.ts';
import { ROOT } from './commands.ts';
import { CONFIG, ernie, logitsOf } from './ernie.ts';

const TSX = createRequire(import.meta.url).resolve('tsx');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \| (.*) \|$/gm)].map(([, room = '', holds = '', may = '']) => ({
  room,
  holds,
  may,
}));
const changes = changesIn(page);

/** What the family's example is asked: logits of two words at a mask. */
const TEXT = { ids: [1, 5, 3, 8, 2], place: 3, labels: [4, 7] } as const;
/** Sums of some dozen products of numbers of order 1, through two layers. */
const F64_TOLERANCE = 1e-12;

interface Found {
  readonly logits: readonly number[];
  readonly unused: readonly unknown[];
}

const FLIPPED = 'program flipped\n  fixed time\n  width n\n  data x[time, n]\n  output y = flip[time](x)\n';

describe('rooms', () => {
  it('are the folders of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rows.map(({ room }) => room).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it.each(rows)('$room may import what the linter lets it', ({ room, may }) => {
    const names = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    const [, whole] = /^all of `(\w+)`, and/.exec(may) ?? [];
    const told = whole === undefined ? names(may) : [...(MAY_IMPORT[whole] ?? []), ...names(may.replace(/^[^,]*/, ''))];
    expect([...new Set(told)].toSorted()).toEqual([...(MAY_IMPORT[room] ?? [])].toSorted());
  });
});

it('names files that are there, but for those that its changes make', () => {
  const made = [...changes.filter(({ kind }) => kind === 'ts').map(({ path }) => path), ...PATCHES.flatMap(filesOf)];
  const named = [...page.matchAll(/`((?:src|test|docs)\/[^`\s]*|package\.json|biome\.json)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.filter((path) => !made.includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});

it.each(PATCHES)('lists the files that an example of %s touches', (patch) => {
  const [, section = ''] = page.split(new RegExp(`(?=\\]\\(\\.\\./test/docs/changes/${patch}\\.diff\\))`));
  const list = section.split(/^### /m)[0] ?? '';
  const missing = filesOf(patch).filter((path) => !list.includes(`\`${path}\``));
  expect(missing).toEqual([]);
});

describe('an optimizer, a net, a command, an instruction, an interpreter and a family, added to a copy of the sources', () => {
  let folder = '';
  beforeAll(() => {
    folder = copyOfSources();
    apply(folder, changes);
    for (const patch of PATCHES) applyPatch(folder, patch);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are there', () => {
    const from = (path: string): string => JSON.stringify(join(folder, path));
    const { file, weights } = ernie();
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'model/config.json'), JSON.stringify(CONFIG));
    writeFileSync(join(folder, 'model/model.safetensors'), file);
    const code = `
      const { main } = await import(${from('src/cli/main.ts')});
      const run = (line) => main(['node', 'nexort', ...line.split(' ')]);
      await run('optimizers');
      await run('classify --optimizer soft-sign --depth 1');
      await run('coord --net bilinear --optimizer soft-sign --widths 16,32,64 --seeds 1 --steps 1');
      const { parseProgram, printProgram, tensor } = await import(${from('src/program/index.ts')});
      const { interpret } = await import(${from('src/reference/index.ts')});
      const { shapes } = await import(${from('src/shapes/index.ts')});
      const flipped = parseProgram(${JSON.stringify(FLIPPED)});
      const x = tensor(['time', 'n'], [3, 2], [1, 2, 3, 4, 5, 6]);
      console.log(printProgram(flipped));
      console.log('flipped', interpret(flipped, { x }).y.data.join(' '));
      console.log(JSON.stringify((await shapes().run(flipped, {}, { x })).outputs.y));
      const { checkpointFolder } = await import(${from('src/lm/node/index.ts')});
      const { loadLanguageModel } = await import(${from('src/lm/index.ts')});
      const { batchFeeds } = await import(${from('src/lm/kernel/batches.ts')});
      const { denseLayers } = await import(${from('src/nets/index.ts')});
      const { indexTensor } = await import(${from('src/program/index.ts')});
      const { ids, place, labels } = ${JSON.stringify(TEXT)};
      const files = checkpointFolder(${from('model')});
      const { net, config, weights, use } = await loadLanguageModel(files, () => ({ kind: 'words', classes: 2 }));
      console.log(denseLayers(config, 'words').map(({ name }) => name).join('\\n'));
      const feeds = batchFeeds({ members: [0], time: ids.length }, [{ ids, place }], config);
      const { logits } = interpret(net.program, { ...weights, ...feeds, labels: indexTensor(['class'], [2], labels) });
      console.log('logits', JSON.stringify({ logits: [...logits.data], unused: use.unused }));`;
    const { stdout } = spawnSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', code], {
      ...{ cwd: folder, encoding: 'utf8' },
    });
    expect(stdout).toMatch(/^│ soft-sign +│ tanh in place of the sign of Signum/m);
    expect(stdout).toContain('mup, soft-sign');
    // So few networks may leave it unclear.
    expect(stdout).toMatch(/^(PASS|UNCLEAR)/m);
    expect(stdout).toContain('  y[time, n] = flip[time](x)');
    expect(stdout).toContain('flipped 5 6 3 4 1 2');
    expect(stdout).toContain('{"axes":["time","n"],"sizes":[3,2]}');
    expect(stdout).toContain('ernie.encoder.layer.0.attention.self.query');
    const { logits, unused } = JSON.parse(/^logits (.*)$/m.exec(stdout)?.[1] ?? '{}') as Found; // printed above
    expect(unused).toEqual([]);
    const wanted = logitsOf(weights, TEXT.ids, TEXT.place, TEXT.labels);
    expect(Math.max(...wanted.map(Math.abs))).toBeGreaterThan(0.1);
    expect(Math.max(...wanted.map((one, k) => Math.abs(one - (logits[k] ?? Number.NaN))))).toBeLessThan(F64_TOLERANCE);
  });
});

it('lines are added where the others stand, once', () => {
  expect(patched('a\nb\nc\n', ' a\n+x\n b\n')).toBe('a\nx\nb\nc\n');
  expect(() => patched('a\nb\n', ' c\n+x\n')).toThrow('stands there 0 times');
  expect(() => patched('a\nb\na\n', ' a\n+x\n')).toThrow('stands there 2 times');
});
