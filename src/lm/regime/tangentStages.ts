/** A chain whose stages carry the tangents of what moves along: each stage in forward mode, told what enters it moving. */

import {
  type Chain,
  feedsOf,
  forward,
  globalName,
  nodesOf,
  type Program,
  type Stage,
  tangentName,
} from '../../program/index.ts';

/** A stage with tangents; where nothing in it moves, the stage as it is. */
export interface TangentStage {
  readonly stage: Stage;
  readonly program: Program;
}

/**
 * Every stage with inputs `t.<name>` of the parameters and the values that move, and outputs `t.<name>` of the values that
 * move because of them, which later stages read. `moves` is told parameters by their names in the net. Stages of one
 * program in which the same moves share one program, and so an engine's sessions.
 */
export function tangentStages({ stages }: Chain, moves: (parameter: string) => boolean): readonly TangentStage[] {
  const moving = new Set<string>();
  const known = new Map<Program, Map<string, Program>>();
  return stages.map((stage) => {
    const inputs = nodesOf(stage.program, 'input').flatMap(({ name }) => (moving.has(name) ? [name] : []));
    const parameters = nodesOf(stage.program, 'parameter').flatMap(({ name }) =>
      moves(globalName(stage, name)) ? [name] : [],
    );
    const own = known.get(stage.program) ?? new Map<string, Program>();
    known.set(stage.program, own);
    const key = JSON.stringify([inputs, parameters]);
    const program = own.get(key) ?? alongMoves(stage.program, inputs, parameters);
    own.set(key, program);
    const handed = new Set(program.outputs.map(({ name }) => name));
    for (const { name } of stage.program.outputs) {
      if (handed.has(tangentName(name))) moving.add(name);
      else moving.delete(name);
    }
    return { stage, program };
  });
}

function alongMoves(program: Program, inputs: readonly string[], parameters: readonly string[]): Program {
  if (inputs.length + parameters.length === 0) return program;
  return forward(program, { inputs, parameters: (name) => parameters.includes(name) });
}

/** What a stage's program is fed, by the name of the value or, of a tangent, that of what moves. */
export function stageFeeds(
  { stage, program }: TangentStage,
  parameter: (name: string) => boolean,
): readonly { readonly feed: string; readonly of: string; readonly kind: 'weight' | 'move' | 'value' }[] {
  const tangents = new Map(
    nodesOf(stage.program, 'parameter').map(({ name }) => [tangentName(name), globalName(stage, name)]),
  );
  return feedsOf(program).map(({ name, instruction }) => {
    if (instruction.op === 'parameter') return { feed: name, of: globalName(stage, name), kind: 'weight' };
    const moved = tangents.get(name);
    if (moved !== undefined && parameter(moved)) return { feed: name, of: moved, kind: 'move' };
    return { feed: name, of: name, kind: 'value' };
  });
}
