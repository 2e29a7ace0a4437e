/** `--model`: the folder of a checkpoint, or a model of the hub. */

import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { gigabytes } from '../errors/wording/index.ts';
import { type HubOptions, hubModel, hubPlaces, modelOfSnapshot, parseHubName } from '../lm/node/index.ts';
import { EMBEDDED_MODEL } from './embeddedModel.ts';
import { idleOption, notAModel } from './errors.ts';
import { progress } from './progress.ts';

/** The options that say which model. */
export interface ModelOptions {
  readonly model?: string;
  readonly revision?: string;
  readonly offline: boolean;
}

/** A model on this machine. */
export interface GivenModel {
  /** Its checkpoint folder. */
  readonly folder: string;
  /** As results name it. */
  readonly name: string;
}

/** Adds them; `description` says what is taken without. */
export function addModelOptions(
  command: Command,
  description = 'a checkpoint folder, or ORG/NAME of the hub (default: the embedded tiny-mlm; docs/hub.md)',
): Command {
  return command
    .option('--model <model>', description)
    .option('--revision <name>', 'of a model of the hub: a branch, a tag or a commit (default: main)')
    .option('--offline', 'ask the hub nothing: a model of the hub is the one in the cache', false);
}

/**
 * Finds the model, and downloads what the cache lacks of one of the hub: all that it is read from, or its configuration. A folder that is here wins over the hub, and so does
 * a path that begins with a folder that is here. Throws {@link UserError} `cli.not-a-model`, `cli.idle-option`, and the
 * errors of {@link hubModel}.
 */
export async function givenModel(
  { model, revision, offline }: ModelOptions,
  what: HubOptions['what'] = 'checkpoint',
): Promise<GivenModel> {
  const hub = model === undefined || isHere(model) ? undefined : parseHubName(model, revision);
  if (hub === undefined || model === undefined) {
    if (revision !== undefined) throw idleOption('--revision', `it is of a model of the hub, and ${whichOne(model)}`);
    if (model !== undefined && !existsSync(model) && !/[\\/]/.test(model)) throw notAModel(model);
    return { folder: model ?? EMBEDDED_MODEL, name: model ?? EMBEDDED_NAME };
  }
  const places = hubPlaces();
  let shown: ReturnType<typeof progress> | undefined;
  const bar = () => {
    shown ??= progress(`downloading ${hub.name}`);
    return shown;
  };
  try {
    const { folder, commit } = await hubModel(hub, {
      places: { ...places, offline: offline || places.offline },
      what,
      onDownload: (bytes) => bar().say(`downloading ${hub.name}, ${gigabytes(bytes)}, to ${places.cache}`),
      onProgress: (share) => bar().update(share),
      onNotice: (text) => bar().say(text),
    });
    return { folder, name: `${hub.name}@${commit}` };
  } finally {
    shown?.stop();
  }
}

/** A checkpoint folder as summaries and reports name it. */
export function modelText(folder: string): string {
  const hub = modelOfSnapshot(folder);
  if (hub !== undefined) return `${hub.name}@${hub.commit}`;
  return folder === EMBEDDED_MODEL ? EMBEDDED_NAME : relative('.', folder) || '.';
}

const EMBEDDED_NAME = 'tiny-mlm (embedded)';

/** Whether a path is of this machine, even if it is mistyped. */
function isHere(path: string): boolean {
  const [first = ''] = path.split('/');
  return existsSync(path) || (path.includes('/') && existsSync(first));
}

const whichOne = (model: string | undefined): string =>
  model === undefined ? 'the embedded one is asked for' : `'${model}' is ${existsSync(model) ? 'a folder' : 'a path'}`;
