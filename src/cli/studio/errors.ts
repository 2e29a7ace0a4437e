/** Words of the errors of the studio's server. */

import { InvariantError, UnsupportedError, UserError } from '../../errors/index.ts';

/** A port that another program has, or that only the system may open. */
export function portTaken(port: number, code: string): UserError {
  const why = code === 'EACCES' ? 'only the system may open it' : 'another program has it';
  return new UserError(
    'cli.studio-port',
    `The studio cannot listen on port ${port}: ${why}. Give another with --port, or 0 for any that is free.`,
    { port, code },
  );
}

/** What should be opened is no folder with results. */
export function noRunFolder(folder: string, reason: string): UserError {
  return new UserError(
    'cli.studio-run',
    `'${folder}' cannot be opened in the studio: ${reason}. Expected a run folder, as nexort kernel names it at its end, or a folder of results that commands print with --json.`,
    { folder, reason },
  );
}

/** The pages are not there, and cannot be made. */
export function notBuilt(folder: string, reason: string): UnsupportedError {
  return new UnsupportedError(
    'cli.studio-not-built',
    `The studio's pages are not at '${folder}' and could not be built: ${reason}. In a clone, npm ci and npm run studio:build make them; a published package has them.`,
    { folder, reason },
  );
}

/** A link that is none. */
export function notLink(given: string): UserError {
  return new UserError(
    'cli.studio-link',
    `--link is given '${given}'; expected the address of a page of the studio or its part from # on, such as '#limit?v=1&depth=3'.`,
    { given },
  );
}

/** Pages that one file cannot hold. */
export function unknownPart(part: string): InvariantError {
  return new InvariantError(
    'cli.studio-part',
    `The pages of the studio have '${part}', which --export cannot put into one file.`,
    {
      part,
    },
  );
}
