/** Every message of the language-model room: where, what was given, what was expected, how to fix it. */

import { InvariantError, UnsupportedError, UserError } from '../errors/index.ts';
import { counted } from '../errors/wording/index.ts';
import { bullets, didYouMean, list, quoted, shapeText } from './wording.ts';

type Shape = readonly number[];

/** A net with a parameter of which nothing says how checkpoints store it. */
export function notStored(parameter: string): InvariantError {
  return new InvariantError('lm.not-stored', `Nothing says how a checkpoint stores the parameter "${parameter}".`, {
    parameter,
  });
}

// Files

/** A path that should be a folder is absent or a file. */
export function missingFolder(folder: string, holding: string, isFile: boolean): UserError {
  return new UserError(
    'lm.missing-folder',
    `'${folder}' ${isFile ? 'is not a folder' : 'does not exist'}: expected a folder that holds ${holding}. Check the path; a relative one starts at the current directory.`,
    { folder, holding },
  );
}

/** A folder lacks a file; says what it holds instead. */
export function missingFile(folder: string, file: string, found: readonly string[], advice?: string): UserError {
  return new UserError(
    'lm.missing-file',
    `Folder '${folder}' has no ${file}; it holds ${list(found)}. ${advice ?? 'Give a complete checkpoint folder, or download the missing file into it.'}`,
    { folder, file, found },
  );
}

/** A file or line is not the JSON it should be. */
export function malformedJson(where: string, reason: string): UserError {
  return new UserError('lm.malformed-json', `${where} is not valid JSON: ${reason}. Repair it or get it again.`, {
    where,
    reason,
  });
}

// Model configuration

/** The checkpoint is of an architecture that is not built here. */
export function unsupportedModel(
  file: string,
  modelType: unknown,
  supported: readonly string[],
  nearest: string | undefined,
): UnsupportedError {
  const like = nearest === undefined ? '' : ` Nearest to it is ${nearest}.`;
  return new UnsupportedError(
    'lm.unsupported-model',
    `${file}: model_type is ${JSON.stringify(modelType) ?? 'missing'}; supported are ${supported.join(', ')}.${like} Choose a checkpoint of one of these.`,
    { file, modelType, supported, nearest },
  );
}

/** Nothing says of which architecture the checkpoint is. */
export function noModelType(
  file: string,
  architectures: readonly string[],
  supported: readonly string[],
  likely: string | undefined,
): UserError {
  const given = architectures.length === 0 ? '' : `; its architectures are ${list(architectures)}`;
  return new UserError(
    'lm.no-model-type',
    `${file} has no model_type, expected one of ${supported.join(', ')}${given}. Which is it? Write it into the file, such as "model_type": "${likely ?? 'bert'}".`,
    { file, architectures, supported },
  );
}

/** The configuration is complete but asks for variants that are not built here. */
export function unsupportedConfig(file: string, problems: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-config',
    `${file} asks for what is not supported:${bullets(problems)}\nChoose another checkpoint.`,
    { file, problems },
  );
}

/** Entries of the configuration are missing or impossible. */
export function badConfig(file: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-config',
    `${file} does not describe a model:${bullets(problems)}\nGet the file again from the model's source, or correct the entries.`,
    { file, problems },
  );
}

/** An adapter's folder in place of a model's. */
export function adapterInPlaceOfModel(folder: string, base: string | undefined): UserError {
  const model = base ?? 'BASE';
  return new UserError(
    'lm.adapter-in-place-of-model',
    `Folder '${folder}' holds an adapter of LoRA (adapter_config.json) and no model; expected the model that it stands beside${base === undefined ? '' : `, '${base}'`}. Give --model ${model} --params lora --adapter '${folder}'.`,
    { folder, base: base ?? null },
  );
}

// Tensor files

/** Only pickled PyTorch weights are there, which cannot be read safely. */
export function unconvertedWeights(folder: string, file: string): UserError {
  return new UserError(
    'lm.unconverted-weights',
    `Folder '${folder}' holds ${file} but no model.safetensors. Pickled weights are not read: convert them once with Python, "AutoModelForMaskedLM.from_pretrained('${folder}').save_pretrained('${folder}', safe_serialization=True)" (AutoModelForCausalLM for a decoder), or download the model's safetensors file.`,
    { folder, file },
  );
}

/** A file that the index of a sharded checkpoint names is absent. */
export function missingShard(folder: string, shard: string, index: string, found: readonly string[]): UserError {
  return new UserError(
    'lm.missing-file',
    `Folder '${folder}' has no '${shard}', which ${index} lists; it holds ${list(found)}. Download the missing file into it.`,
    { folder, file: shard, found },
  );
}

/** The index of a sharded checkpoint is wrong. */
export function badShardIndex(file: string, problem: string): UserError {
  return new UserError('lm.bad-shard-index', `${file}: ${problem}. Download the index and its shards again.`, {
    file,
    problem,
  });
}

/** A safetensors file is cut short or inconsistent. */
export function damagedTensors(
  file: string,
  problem: string,
  bytes?: { readonly expected: number; readonly found: number },
): UserError {
  const sizes = bytes === undefined ? '' : `: expected ${bytes.expected} bytes, found ${bytes.found}`;
  return new UserError(
    'lm.damaged-tensors',
    `${file} is not a complete safetensors file: ${problem}${sizes}. Download or save it again.`,
    { file, problem, ...bytes },
  );
}

/** A tensor is stored in a number format that is not decoded. */
export function unsupportedDtype(
  file: string,
  tensor: string,
  dtype: string,
  supported: readonly string[],
): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-dtype',
    `${file}: tensor '${tensor}' is stored as ${dtype}; supported are ${supported.join(', ')}. Save the checkpoint in one of these.`,
    { file, tensor, dtype, supported },
  );
}

/** A weight is NaN or infinite. */
export function nonFiniteTensor(
  file: string,
  tensor: string,
  position: Shape,
  value: number,
  rounded: boolean,
): UserError {
  return new UserError(
    'lm.non-finite-tensor',
    `${file}: tensor '${tensor}' is ${value} at ${shapeText(position)}${rounded ? ' once it is rounded to 32 bits' : ''}; expected finite numbers. The checkpoint is damaged or its training diverged: use another one.`,
    { file, tensor, position, value },
  );
}

/** A tensor asked for by name is not in the checkpoint. */
export function missingTensor(folder: string, tensor: string, near: readonly string[], total: number): UserError {
  return new UserError(
    'lm.missing-tensor',
    `Folder '${folder}' has no tensor '${tensor}' among its ${total}.${didYouMean(near)} Check that config.json and the weights belong to the same model.`,
    { folder, tensor, near },
  );
}

/** Some wanted tensors are missing or have another shape; all of them are listed. */
export function tensorMismatches(
  folder: string,
  missing: readonly { readonly name: string; readonly shape: Shape; readonly near: readonly string[] }[],
  misshaped: readonly { readonly name: string; readonly expected: Shape; readonly found: Shape }[],
  assumed: readonly string[],
): UserError {
  const problems = [
    ...missing.map(({ name, shape, near }) => `'${name}' ${shapeText(shape)} is missing.${didYouMean(near)}`),
    ...misshaped.map(
      ({ name, expected, found }) => `'${name}' has shape ${shapeText(found)}, expected ${shapeText(expected)}.`,
    ),
    ...assumed,
  ];
  return new UserError(
    'lm.tensor-mismatch',
    `The weights in '${folder}' do not fit config.json (${missing.length} missing, ${misshaped.length} of another shape):${bullets(problems)}\nCheck that config.json and the weights belong to the same model.`,
    { folder, missing, misshaped },
  );
}

// Tokenizer

/** The tokenizer library cannot build this tokenizer. */
export function unsupportedTokenizer(file: string, reason: string): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-tokenizer',
    `${file} cannot be used: ${reason}. Expected is a file that Hugging Face's tokenizers library reads: save it again with a current version of the transformers library.`,
    { file, reason },
  );
}

/** Special tokens that prompts need are not in the vocabulary. */
export function missingSpecialTokens(
  folder: string,
  missing: readonly { readonly role: string; readonly tried: readonly string[] }[],
): UserError {
  const problems = missing.map(({ role, tried }) => `${role}: none of ${tried.join(', ')} is in the vocabulary`);
  return new UserError(
    'lm.missing-special-token',
    `The tokenizer in '${folder}' lacks special tokens of a masked language model:${bullets(problems)}\nName them in tokenizer_config.json (cls_token, sep_token, mask_token, pad_token), or choose a masked language model.`,
    { folder, missing },
  );
}

/** A label word is not one known token; `near` are words that are. */
export function badLabelWord(
  word: string,
  pieces: readonly string[],
  label: string,
  unknown: boolean,
  near: readonly string[] = [],
): UserError {
  const others = near.length === 0 ? '' : ` One token each are ${near.join(', ')}.`;
  const found = unknown ? 'which the vocabulary does not know' : `which is ${counted(pieces.length, 'token')}`;
  return new UserError(
    'lm.bad-label-word',
    `The word '${word}' of label '${label}' becomes [${pieces.join(', ')}], ${found}; expected one known token. Choose another word for this label.${others}`,
    { word, pieces, label, near },
  );
}

/** Two labels have the same token, so that their logits could not differ. */
export function sharedLabelWord(token: string, labels: readonly [string, string]): UserError {
  return new UserError(
    'lm.shared-label-word',
    `Labels '${labels[0]}' and '${labels[1]}' have the same label token '${token}'; expected one token each. Choose another word for one of them.`,
    { token, labels },
  );
}

/** The tokenizer knows ids beyond the model's embedding. */
export function vocabularyMismatch(folder: string, token: string, id: number, vocabulary: number): UserError {
  return new UserError(
    'lm.vocabulary-mismatch',
    `The tokenizer in '${folder}' has id ${id} (token '${token}'), but the model's vocabulary has ${vocabulary} rows, ids 0 to ${vocabulary - 1}. Check that tokenizer.json and config.json belong to the same model.`,
    { folder, token, id, vocabulary },
  );
}

/** A token that the tokenizer makes has no id. */
export function unknownPiece(folder: string, piece: string, text: string): UserError {
  return new UserError(
    'lm.unknown-piece',
    `The tokenizer in '${folder}' turns part of '${text}' into '${piece}', which has no id in its vocabulary. The vocabulary is incomplete: get tokenizer.json again.`,
    { folder, piece, text },
  );
}

// Prompts

/** A prompt template breaks the rules of the template language. */
export function badTemplate(template: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-template',
    `The prompt '${template}' is not usable:${bullets(problems)}\nExample: '{a}_It was{m}.' with {a}, {b} for the texts, {m} for the mask, _ for a space.`,
    { template, problems },
  );
}

/** A masked language model needs the place of the label word. */
export function noMask(template: string): UserError {
  return new UserError(
    'lm.bad-template',
    `The prompt '${template}' has no {m}, where a masked language model predicts the label word; expected it once, as in '{a}_It was{m}.'. Without it, a prompt is for decoders, which predict the word that follows.`,
    { template, problems: ['{m} stands 0 times; expected once'] },
  );
}

/** A decoder sees nothing of what stands behind the label word. */
export function wordInside(template: string): UserError {
  return new UserError(
    'lm.word-inside-prompt',
    `The prompt '${template}' has words behind {m}, of which a decoder sees nothing when it predicts the label word; expected a prompt that the word ends, such as '{a}_It was'. Write one for this model.`,
    { template },
  );
}

/** A text has nothing in it. */
export function emptyText(where: string, field: 'text' | 'text2'): UserError {
  return new UserError(
    'lm.empty-text',
    `${where}: "${field}" is empty; expected at least one character that is not a space. Fill it in or remove the example.`,
    { where, field },
  );
}

/** A pair task's example has only one text. */
export function missingSecondText(where: string): UserError {
  return new UserError(
    'lm.missing-second-text',
    `${where}: "text2" is missing; this task compares two texts. Add it, or choose a task with one text.`,
    { where },
  );
}

/** A text has nothing in it that the model has a token for. */
export function noTokens(where: string, field: 'text' | 'text2', text: string): UserError {
  return new UserError(
    'lm.no-tokens',
    `${where}: "${field}" is ${quoted(text)}, which the tokenizer turns into no token at all; expected text that it can spell. Correct the text or remove the example.`,
    { where, field, text },
  );
}

/** The prompt leaves no room for text. */
export function promptTooLong(template: string, promptTokens: number, maxTokens: number): UserError {
  return new UserError(
    'lm.prompt-too-long',
    `The prompt '${template}' takes ${counted(promptTokens, 'token')} without any text, and at most ${maxTokens} fit; expected room for at least one token of text. Shorten the prompt or allow more tokens.`,
    { template, promptTokens, maxTokens },
  );
}
