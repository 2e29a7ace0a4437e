/** Words of the errors of changes of low rank. */

import { UnsupportedError, UserError } from '../../errors/index.ts';
import { bullets, list } from '../wording.ts';

type Shape = readonly number[];

export function unknownTarget(target: string, known: readonly string[]): UserError {
  return new UserError(
    'lm.unknown-lora-target',
    `--lora-targets has '${target}'; expected some of ${known.join(', ')}, separated by commas, such as query,value.`,
    { target, known },
  );
}

/** Entries of an adapter's configuration are missing or impossible. */
export function badAdapterConfig(file: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-adapter-config',
    `${file} does not describe an adapter of LoRA:${bullets(problems)}\nSave it again with peft, or correct the entries.`,
    { file, problems },
  );
}

/** An adapter is more than changes of low rank beside weights that stay as they are. */
export function unsupportedAdapter(file: string, problems: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.unsupported-adapter',
    `${file} asks for what is not supported:${bullets(problems)}\nSupported is LoRA by itself: r, lora_alpha, target_modules, ` +
      'rank_pattern, alpha_pattern, layers_to_transform, use_rslora. Train such an adapter.',
    { file, problems },
  );
}

/** Only pickled factors are there, which cannot be read safely. */
export function unconvertedAdapter(folder: string, file: string): UserError {
  return new UserError(
    'lm.unconverted-weights',
    `Folder '${folder}' holds ${file} but no adapter_model.safetensors. Pickled weights are not read: convert them once with Python, by "PeftModel.from_pretrained(model, '${folder}').save_pretrained('${folder}')" of a current peft.`,
    { folder, file },
  );
}

/** The tensors of an adapter are not those that its configuration and the model ask for. */
export function adapterMismatch(
  folder: string,
  {
    missing,
    misshaped,
    others,
  }: {
    readonly missing: readonly { readonly tensor: string; readonly shape: Shape }[];
    readonly misshaped: readonly { readonly tensor: string; readonly expected: Shape; readonly found: Shape }[];
    readonly others: readonly string[];
  },
): UserError {
  const text = (shape: Shape): string => `[${shape.join(', ')}]`;
  const problems = [
    ...(missing.length === 0
      ? []
      : [`${missing.length} missing: ${list(missing.map(({ tensor, shape }) => `'${tensor}' ${text(shape)}`))}`]),
    ...misshaped.map(
      ({ tensor, expected, found }) => `'${tensor}' has shape ${text(found)}, expected ${text(expected)}`,
    ),
    ...(others.length === 0
      ? []
      : [`${others.length} that belong to no layer that it changes here: ${list(others.map((name) => `'${name}'`))}`]),
  ];
  const nothing = 'target_modules names none of the dense layers of the model';
  return new UserError(
    'lm.adapter-mismatch',
    `The adapter in '${folder}' does not fit the model:${bullets(problems.length === 0 ? [nothing] : problems)}\nCheck that it is an adapter of this model (base_model_name_or_path in adapter_config.json), and that its two files belong together.`,
    { folder, missing, misshaped, others },
  );
}

/** The adapter of a finished run is not where it was. */
export function adapterGone(run: string, folder: string): UserError {
  return new UserError(
    'lm.adapter-gone',
    `The run in '${run}' was made with the adapter in '${folder}', which does not exist any more. Put it back there, or run nexort kernel again.`,
    { run, folder },
  );
}

/** The adapter of a finished run has other files now. */
export function otherAdapter(run: string, folder: string): UserError {
  return new UserError(
    'lm.other-adapter',
    `The run in '${run}' was made with other files than those in '${folder}' now: the adapter has changed since. Put the old files back, or run nexort kernel again with another folder (--out).`,
    { run, folder },
  );
}

/** A rank at which a change of low rank is none. */
export function rankAboveWidth(rank: number, most: number): UserError {
  return new UserError(
    'lm.rank-above-width',
    `--ranks has ${rank}; expected at most ${most}, the smaller side of the matrices that --lora-targets names in this model. Leave it out.`,
    { rank, most },
  );
}
