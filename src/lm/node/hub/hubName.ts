/** How a model of the hub is written: `org/name`, or `org/name@revision` with a branch, a tag or a commit. */

import * as errors from './hubErrors.ts';

/** A model of the hub, and which state of it. */
export interface HubName {
  /** Such as `FacebookAI/roberta-base`. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** Letters, digits, `-`, `_` and `.` in both parts, as in huggingface_hub's `validate_repo_id`. */
const PART = /^(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9_])?$/;
const LONGEST = 96;

/** Branches, tags, commits and `refs/pr/1`: what is safe as a path below `refs` as well. */
const REVISION = /^(?!.*(?:\.\.|\/\/))[A-Za-z0-9_][\w./-]*$/;

const MAIN = 'main';

/** A whole commit, which never changes. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/**
 * Reads `org/name` or `org/name@revision`; undefined for what is not written so. `revision` is one that is given apart.
 * @throws UserError `lm.hub-revision` for one that cannot be, or two that differ.
 */
export function parseHubName(text: string, revision?: string): HubName | undefined {
  const [name = '', ...rest] = text.split('@');
  const parts = name.split('/');
  if (parts.length !== 2 || name.length > LONGEST || !parts.every((part) => PART.test(part))) return undefined;
  const within = rest.length === 0 ? undefined : rest.join('@');
  if (within !== undefined && revision !== undefined && within !== revision) {
    throw errors.twoRevisions(name, within, revision);
  }
  const chosen = within ?? revision ?? MAIN;
  if (!REVISION.test(chosen)) throw errors.badRevision(name, chosen);
  return { name, revision: chosen };
}
