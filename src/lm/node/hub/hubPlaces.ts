/** Where the hub is and where its tools keep things, by the environment variables of huggingface_hub. */

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The hub and its cache. */
export interface HubPlaces {
  /** The address of the hub, without a slash at its end. */
  readonly endpoint: string;
  /** The folder of downloaded models, one folder each. */
  readonly cache: string;
  /** What lets a user in; absent where there is none. */
  readonly token?: string;
  /** Whether nothing may be asked of the hub. */
  readonly offline: boolean;
}

const HUB = 'https://huggingface.co';

/** What stands for yes in such variables. */
const YES = /^(1|on|yes|true)$/i;

/**
 * `HF_ENDPOINT`; `HF_HUB_CACHE`, else `hub` in `HF_HOME`; `HF_TOKEN`, else the file that `hf auth login` writes, unless
 * `HF_HUB_DISABLE_IMPLICIT_TOKEN`; `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`. Source: huggingface_hub, `constants.py` and
 * `utils/_auth.py`.
 */
export function hubPlaces(environment: Environment = process.env): HubPlaces {
  const { HF_ENDPOINT, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE } = environment;
  const token = hubToken(environment);
  return {
    endpoint: (filled(HF_ENDPOINT) ?? HUB).replace(/\/+$/, ''),
    cache: hubCacheFolder(environment),
    ...(token === undefined ? {} : { token }),
    offline: YES.test(filled(HF_HUB_OFFLINE) ?? TRANSFORMERS_OFFLINE ?? ''),
  };
}

/** Where Hugging Face's tools keep what they have downloaded. */
export function hubCacheFolder(environment: Environment = process.env): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE } = environment;
  return filled(HF_HUB_CACHE) ?? filled(HUGGINGFACE_HUB_CACHE) ?? join(hubHome(environment), 'hub');
}

function hubHome({ HF_HOME, XDG_CACHE_HOME }: Environment): string {
  return filled(HF_HOME) ?? join(filled(XDG_CACHE_HOME) ?? join(homedir(), '.cache'), 'huggingface');
}

function hubToken(environment: Environment): string | undefined {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN } = environment;
  if (YES.test(HF_HUB_DISABLE_IMPLICIT_TOKEN ?? '')) return undefined;
  const given = filled(HF_TOKEN) ?? filled(HUGGING_FACE_HUB_TOKEN);
  if (given !== undefined) return given;
  try {
    return filled(readFileSync(filled(HF_TOKEN_PATH) ?? join(hubHome(environment), 'token'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** A text without the space around it; undefined where nothing is left. */
function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}
