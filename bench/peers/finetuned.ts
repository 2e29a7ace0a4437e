/**
 * Writes nexort's logits of some texts by a folder that nexort finetune has saved, for finetuned.py to compare:
 *
 *     node --import tsx bench/peers/finetuned.ts RUN/model LOGITS.json
 *     node --import tsx bench/peers/finetuned.ts RUN/model LOGITS.json MODEL RUN/adapter
 *
 * With an adapter, the logits are those of MODEL with it; RUN/model says the task.
 */

import { writeFileSync } from 'node:fs';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { engineTrainer } from '../../src/lm/finetune/fineTune.ts';
import { textLogits } from '../../src/lm/finetune/textLogits.ts';
import { savedAdapter } from '../../src/lm/lora/savedAdapter.ts';
import { loadLanguageModel } from '../../src/lm/model/checkpoint.ts';
import { readConfig } from '../../src/lm/model/config.ts';
import { openFineTuned } from '../../src/lm/node/finetune/openFineTuned.ts';
import { checkpointFolder } from '../../src/lm/node/model/checkpointFolder.ts';
import { nativeTokenizer } from '../../src/lm/node/text/nativeTokenizer.ts';
import { prompterOf } from '../../src/lm/run/kernelInputs.ts';
import { headFeeds, headOf } from '../../src/lm/run/setting.ts';
import { loadTokenizer } from '../../src/lm/text/tokenizer.ts';

const TEXTS = ['a joy to watch', 'dull and far too long', 'it is what it is', 'what a waste of a good idea'];
/** Of tasks that compare two. */
const OTHER = 'nobody saw it coming';

const [folder = '', out = '', base = folder, adapter] = process.argv.slice(2);
const found = await openFineTuned(folder);
if (found === undefined || out === '')
  throw new Error('Give a folder that nexort finetune has saved, and a file to write.');
const { task, setting } = found.told;
const files = checkpointFolder(base);
const tokenizer = await loadTokenizer(files, nativeTokenizer);
const { prompt, labelIds } = await prompterOf(task, tokenizer, await readConfig(files), setting);
const examples = [];
for (const text of TEXTS) examples.push(await prompt(task.pair ? { text, text2: OTHER } : { text }));
const classes = task.labels.length;
const changes = adapter === undefined ? undefined : savedAdapter(checkpointFolder(adapter));
const model = await loadLanguageModel(files, () => headOf(setting, classes, false), changes);
const engine = nodeEngine({ threads: 1 });
const subject = { examples, head: headFeeds(labelIds), rule: model.config };
const logits = await textLogits(model.net, model.weights, subject, [...examples.keys()], engineTrainer(engine).run);
await engine.release();
const texts = examples.map(({ ids, place }, k) => ({
  ids,
  position: place,
  logits: [...logits.subarray(k * classes, (k + 1) * classes)],
}));
writeFileSync(out, `${JSON.stringify({ labels: labelIds, texts })}\n`);
