import { nestingProblem, tooLarge } from '../../errors/wording/index.ts';
import * as errors from '../errors.ts';

/** A JSON object of unknown content: what a checkpoint's files hold before they are checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses text that must be one JSON object; `where` names its place in messages.
 * @throws UserError `lm.malformed-json`.
 */
export function parseJsonObject(text: string, where: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw errors.malformedJson(where, cause instanceof Error ? cause.message : String(cause));
  }
  const problem = nestingProblem(text);
  if (problem !== undefined) throw errors.malformedJson(where, problem);
  if (!isJsonObject(value)) throw errors.malformedJson(where, `expected an object {...}, found ${describe(value)}`);
  const infinite = tooLarge(value);
  if (infinite !== undefined) throw errors.malformedJson(where, `"${infinite}" is a number beyond 1.8e308`);
  return value;
}

/** Whether a parsed JSON value is an object, neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
