/** The native library: loaded late, and what it makes of checkpoints that tokenizers in JavaScript misread. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTokenizer, prompterOf, readConfig } from '../../../../src/lm/index.ts';
import { checkpointFolder, loadTask, nativeTokenizer } from '../../../../src/lm/node/index.ts';
import { BuiltNexort } from '../../../cli/builtNexort.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeWithShared } from '../../../support/shared.ts';
import { byteLevel, spell, wordPiece } from '../../text/tinyTokenizers.ts';

const built = await BuiltNexort.build();
const entry = async (room: string): Promise<string> => JSON.stringify(await built.room(room));
const EMBEDDED = join(import.meta.dirname, '../../../../models/tiny-mlm');
/** Of a process of its own, for workers share their modules: whether the library is there before and after its use. */
const LOADED_WHEN = `
  const { cache } = require('node:module').createRequire(process.cwd() + '/');
  const loaded = () => Object.keys(cache).some((path) => /node_modules.tokenizers./.test(path));
  (async () => {
    const { checkpointFolder, nativeTokenizer } = await import(${await entry('lm/node')});
    const { loadTokenizer } = await import(${await entry('lm')});
    const before = loaded();
    await loadTokenizer(checkpointFolder(${JSON.stringify(EMBEDDED)}), nativeTokenizer);
    console.log(before, loaded());
  })()`;

async function open(files: Record<string, object | string>) {
  return loadTokenizer(checkpointFolder(await temporaryFolder(files)), nativeTokenizer);
}

describe('the native tokenizer', () => {
  it('is loaded when the first tokenizer is', async () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', LOADED_WHEN], { encoding: 'utf8' });
    expect(stdout, stderr).toBe('false true\n');
  });

  it('reads the embedded model as the one in JavaScript does', async () => {
    const native = await loadTokenizer(checkpointFolder(EMBEDDED), nativeTokenizer);
    const javascript = await loadTokenizer(checkpointFolder(EMBEDDED));
    expect(native).toMatchObject({ vocabulary: javascript.vocabulary, special: javascript.special });
    const text = 'It was a GREAT film, naïve & "unbelievable"; don\'t miss it -- 10/10!';
    expect(await native.encode(text)).toEqual(await javascript.encode(text));
  });

  it('needs no post-processor, decoder or normalizer', async () => {
    const { post_processor: _, decoder: __, ...rest } = wordPiece() as Record<string, unknown>;
    const tokenizer = await open({ 'tokenizer.json': rest });
    expect(spell(tokenizer, await tokenizer.encode('Great film'))).toBe('great film');
  });

  it('reads past a byte order mark', async () => {
    const marked = (json: object) => `\ufeff${JSON.stringify(json)}`;
    const tokenizer = await open({
      'tokenizer.json': marked(wordPiece()),
      'tokenizer_config.json': marked({ do_lower_case: false }),
      'special_tokens_map.json': marked({ mask_token: '[MASK]' }),
    });
    expect(tokenizer.lowerCases).toBe(false);
    const config = await readFile(join(EMBEDDED, 'config.json'), 'utf8');
    const folder = await temporaryFolder({ 'config.json': `\ufeff${config}` });
    expect(await readConfig(checkpointFolder(folder))).toEqual(await readConfig(checkpointFolder(EMBEDDED)));
  });

  it('takes half of a surrogate pair for the character of what is unknown', async () => {
    const tokenizer = await open({ 'tokenizer.json': byteLevel() });
    expect(await tokenizer.encode('great\ud800')).toEqual(await tokenizer.encode('great\ufffd'));
  });
});

interface Line {
  readonly folder: string;
  readonly rows: readonly { readonly ids: string }[];
}

const LINES = readFileSync(join(import.meta.dirname, '../../text/reference/logits.jsonl'), 'utf8')
  .trim()
  .split('\n');
describe.each(LINES.map((line) => JSON.parse(line) as Line))('the checkpoint of $folder', ({ folder, rows }) => {
  describeWithShared('beside the repository', `field/${folder}`, (path) => {
    it('has prompts of the ids that the reference gives', async () => {
      const { task } = await loadTask(join(path, 'task.json'));
      const files = checkpointFolder(path);
      const tokenizer = await loadTokenizer(files, nativeTokenizer);
      const { prompt } = await prompterOf(task, tokenizer, await readConfig(files));
      const lines = (await readFile(join(path, 'data.jsonl'), 'utf8')).trim().split('\n');
      const texts = lines.map((line) => (JSON.parse(line) as { readonly text: string }).text);
      const found = await Promise.all(texts.map(async (text) => (await prompt({ text })).ids.join(' ')));
      expect(found).toEqual(rows.map(({ ids }) => ids));
    });
  });
});
