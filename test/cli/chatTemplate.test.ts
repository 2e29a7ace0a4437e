/** `--chat-template` on the command line, on a small decoder that the tests write. */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nexort } from './nexort.ts';
import { writeTinyDecoder } from './tinyDecoder.ts';

const TEMPLATE =
  "{{ bos_token }}{% for turn in messages %}{{ turn.role + '>' + turn.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant>{% endif %}";

let root: string;
let model: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-chat-'));
  [model, run] = [join(root, 'model'), join(root, 'kernel')];
  await writeTinyDecoder(model, ['great', 'terrible'], {
    'tokenizer_config.json': { bos_token: '<s>' },
    'chat_template.jinja': TEMPLATE,
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const few = (): readonly string[] => ['--model', model, '--k', '2', '--threads', '1'];
const drawn = (): readonly string[] => [...few(), '--seeds', '13', '--limit', '4', '--memory', '2GB'];

async function found(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { stdout, stderr } = await nexort(...args, '--json');
  if (stdout === '') expect.fail(stderr);
  return JSON.parse(stdout);
}

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await nexort(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
}

test('tasks show what stands around prompts and words, and the tokens of the words there', async () => {
  const { stdout } = await nexort('tasks', '--model', model, '--chat-template');
  expect(stdout).toContain(
    'In its chat template a prompt and the label word stand so:\n  <s>user>{prompt}\n  assistant>{word}\n',
  );
  expect(stdout).toMatch(/sst-2 +│ \{a\}_It was +│ negative: terrible, positive: great/);
  expect((await nexort('tasks', '--model', model)).stdout).toContain('negative: Ġterrible, positive: Ġgreat');
  expect(await found('tasks', '--model', model, '--chat-template')).toMatchObject({
    chat: '<s>user>{prompt}\nassistant>{word}',
  });
});

test('a kernel through the template is a run of its own, and its predictions go through it', async () => {
  const asked = ['kernel', ...drawn(), '--out', run];
  const chat = await found(...asked, '--chat-template');
  expect(chat).toMatchObject({ setting: { kind: 'prompt', chat: true }, kernels: { sgd: {} } });
  expect(await found(...asked, '--chat-template')).toMatchObject({ stored: true });
  const told = (await nexort(...asked, '--chat-template')).stdout;
  expect(told).toContain("prompt, as the user's message in the model's chat template");
  expect(await readFile(join(run, 'report.html'), 'utf8')).toContain('message in the model');
  const other = await refusal(...asked);
  expect(other).toContain('holds another run');
  expect(other).toContain('setting');

  const tokens = await found('predict', run, '--text', 'A warm film.', '--explain');
  const { predictions } = tokens as {
    readonly predictions: readonly { readonly tokens: readonly { token: string }[] }[];
  };
  expect(predictions[0]?.tokens.map(({ token }) => token).join('')).toBe('<s>user>AĠwarmĠfilm.ĠItĠwasĊassistant>');
});

test('another template is another model', async () => {
  const copy = join(root, 'changed');
  await cp(model, copy, { recursive: true });
  await writeFile(join(copy, 'chat_template.jinja'), `${TEMPLATE} `);
  expect(await refusal('predict', run, '--text', 'A warm film.', '--model', copy)).toContain(
    'chat_template.jinja has other content',
  );
  const [asked] = [['kernel', ...drawn(), '--out', run, '--chat-template', '--model', copy]];
  expect(await refusal(...asked)).toContain('holds another run');
});

test('a fine-tuned model is saved with the template, and asked through it', async () => {
  const out = join(root, 'finetune');
  const steps = ['--steps', '2', '--evaluate-every', '1', '--batch', '2', '--learning-rate', '1e-3'];
  expect(await found('finetune', ...drawn(), ...steps, '--chat-template', '--out', out)).toMatchObject({
    setting: { kind: 'prompt', chat: true },
  });
  expect(await readFile(join(out, 'model', 'chat_template.jinja'), 'utf8')).toBe(TEMPLATE);
  const predicted = await found('predict', out, '--text', 'A warm film.');
  await rm(join(out, 'model', 'chat_template.jinja'));
  expect(predicted).toMatchObject({ predictions: [{ text: 'A warm film.' }] });
  expect(await refusal('predict', out, '--text', 'A warm film.')).toContain('has no chat template');
});

test('regime, lora and models take it', async () => {
  const settings = ['--compare', '2', '--steps', '2', '--batch', '2', '--no-kernel', '--no-linear-training'];
  const rates = ['--learning-rate', 'sgd=1e-4,adam=1e-5'];
  expect(
    await found('regime', ...drawn(), ...settings, ...rates, '--chat-template', '--out', join(root, 'regime')),
  ).toMatchObject({ setting: { chat: true } });
  const matrices = ['--lora-targets', 'c_attn', '--ranks', '1,2', '--seeds', '2', '--chat-template'];
  expect(await found('lora', ...few(), ...matrices)).toMatchObject({ setting: { kind: 'prompt', chat: true } });
  const { models } = await found('models', model, '--task', 'afinn', '--k', '2', '--limit', '2', '--chat-template');
  expect(models).toEqual([
    expect.objectContaining({ problem: expect.objectContaining({ code: 'lm.chat-of-masked-model' }) }),
    expect.objectContaining({ forecast: expect.anything() }),
  ]);
});

test('of data of one’s own, the words are those that begin answers', async () => {
  const data = join(root, 'tickets.csv');
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((text, k) => `${k % 2 === 0 ? 'great' : 'refund'},it was ${text}`);
  await writeFile(data, `label,text\n${rows.join('\n')}\n`);
  const out = join(root, 'own');
  await found('kernel', data, ...few(), '--seeds', '1', '--k', '1', '--memory', '2GB', '--chat-template', '--out', out);
  const { labels } = JSON.parse(await readFile(`${out}.task.json`, 'utf8'));
  expect(labels).toEqual([
    { name: 'great', word: 'great' },
    { name: 'refund', word: expect.stringMatching(/^[A-Z]$/) },
  ]);
});

test('is refused where it has no effect, and of models without one', async () => {
  expect(await refusal('tasks', '--chat-template')).toContain('--chat-template has no effect: it is of --model');
  const out = ['--out', join(root, 'none')];
  expect(await refusal('kernel', ...drawn(), '--setting', 'cls-probe', '--chat-template', ...out)).toContain(
    '--setting cls-probe has no prompt',
  );
  expect(await refusal('kernel', '--chat-template', ...out)).toContain('predicts masked words; expected a decoder');
  const plain = join(root, 'plain');
  await cp(model, plain, { recursive: true, filter: (path) => !path.endsWith('.jinja') });
  expect(await refusal('kernel', '--model', plain, '--chat-template', ...out)).toContain('has no chat template');
});
