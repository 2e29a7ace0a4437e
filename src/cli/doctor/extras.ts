/** What is optional, and how to get it. */

import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hubPlaces } from '../../lm/node/index.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Longer than Python needs to say which packages it has. */
const PYTHON_MILLISECONDS = 4000;
const ASK_TORCH = "from importlib.metadata import version; print(version('torch'))";

/** PyTorch, which the benchmarks compare with; importing it would take seconds. */
export function checkTorch(): Promise<Finding> {
  const python = process.env.NEXORT_PYTHON ?? 'python3';
  return new Promise((done) => {
    execFile(python, ['-c', ASK_TORCH], { timeout: PYTHON_MILLISECONDS }, (error, stdout) => {
      done(
        error === null
          ? ok('pytorch', `torch ${stdout.trim()} by ${python}, for benchmarks`)
          : warning(
              'pytorch',
              `${python} has no torch: benchmarks run without their rival; nothing else needs it`,
              'python3 -m venv FOLDER, FOLDER/bin/pip install -r bench/peers/requirements.txt, then set ' +
                'NEXORT_PYTHON=FOLDER/bin/python.',
            ),
      );
    });
  });
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The first Chromium on a path. */
export function findBrowser(path = process.env.PATH ?? ''): string | undefined {
  const places = path.split(delimiter).flatMap((folder) => BROWSERS.map((name) => join(folder, name)));
  return places.find(executable);
}

/** A browser for the tests that need one. */
export function checkBrowser(path?: string): Finding {
  const browser = findBrowser(path);
  return browser !== undefined
    ? ok('browser', `${browser}, for browser tests`)
    : warning(
        'browser',
        'no Chromium on the PATH: browser tests cannot run; nothing else needs it',
        'Install it: apt-get install chromium, brew install --cask chromium, or from chromium.org.',
      );
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Checkpoints that are already on this machine. */
export function checkCache(folder = hubPlaces().cache): Finding {
  const models = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('models--')) : [];
  if (models.length === 0) {
    return ok(
      'model cache',
      `no downloaded models at ${folder}; --model takes any checkpoint folder, or ORG/NAME of the hub`,
    );
  }
  return ok('model cache', `${models.length} at ${folder}; nexort models lists them`);
}
