/** The checker: whether a program (from a file, or after a rewrite) is well formed, with every mismatch at once. */

import { type Space, spaceOf } from './axes.ts';
import { type Mismatch, mismatches } from './errors.ts';
import { infer, sameType } from './infer.ts';
import { operands, type ValueType } from './instructions.ts';
import type { Node, Program } from './program.ts';
import { isReserved } from './reservedNames.ts';

const RESERVED = 'every JavaScript object has a property of that name; call it otherwise';

/** Every way in which a program breaks the rules of the language; empty when it is well formed. */
export function problemsOf(program: Program): Mismatch[] {
  const found: Mismatch[] = [];
  const spaces = new Map<string, Space>();
  for (const space of program.spaces) {
    const where = `space ${space.name}`;
    if (spaces.has(space.name)) found.push({ where, problem: 'declared twice' });
    if (spaceOf(space.name) !== space.name) found.push({ where, problem: 'a space has no prime; its copies do' });
    if (isReserved(space.name)) found.push({ where, problem: RESERVED });
    const size = typeof space.size === 'number' ? space.size : space.size.ratio;
    if (!(size > 0 && size < Number.POSITIVE_INFINITY))
      found.push({ where, problem: `size ${size}, expected a positive number` });
    else if (typeof space.size === 'number' && !Number.isSafeInteger(size))
      found.push({ where, problem: `size ${size}, expected a whole number` });
    spaces.set(space.name, space);
  }
  const seen = new Map<string, Node>();
  for (const node of program.nodes) {
    found.push(...problemsOfNode(node, seen, spaces));
    seen.set(node.name, node);
  }
  const names = new Set<string>();
  for (const output of program.outputs) {
    const where = `output "${output.name}"`;
    if (isReserved(output.name)) found.push({ where, problem: RESERVED });
    if (names.has(output.name)) found.push({ where, problem: 'named twice' });
    names.add(output.name);
    if (!seen.has(output.value)) found.push({ where, problem: `no value "${output.value}"` });
  }
  return [...found, ...problemsOfState(program, seen)];
}

function problemsOfNode(node: Node, seen: ReadonlyMap<string, Node>, spaces: ReadonlyMap<string, Space>): Mismatch[] {
  const where = `${node.instruction.op} "${node.name}"`;
  if (isReserved(node.name)) return [{ where, problem: RESERVED }];
  if (seen.has(node.name)) return [{ where, problem: 'a value of that name exists already' }];
  const missing = operands(node.instruction).filter((ref) => !seen.has(ref));
  if (missing.length > 0)
    return missing.map((ref) => ({ where, problem: `reads "${ref}", which no line above defines` }));
  const problems: string[] = [];
  const unknown: ValueType = { kind: 'real', axes: [] };
  const type = infer(
    node.instruction,
    {
      space: (name) => spaces.get(name),
      type: (ref) => seen.get(ref)?.type ?? unknown,
      isParameter: (ref) => seen.get(ref)?.instruction.op === 'parameter',
    },
    problems,
  );
  if (problems.length === 0 && !sameType(type, node.type)) {
    problems.push(`has axes [${type.axes.join(', ')}], recorded as [${node.type.axes.join(', ')}]`);
  }
  return problems.map((problem) => ({ where, problem }));
}

/** State inputs and outputs pair up by name and type. */
function problemsOfState(program: Program, seen: ReadonlyMap<string, Node>): Mismatch[] {
  const found: Mismatch[] = [];
  const next = new Map(program.outputs.filter((o) => o.role === 'state').map((o) => [o.name, seen.get(o.value)]));
  const inputs = program.nodes.filter((node) => node.instruction.op === 'input' && node.instruction.role === 'state');
  if (inputs.length === 0) return found;
  for (const input of inputs) {
    const where = `state "${input.name}"`;
    const after = next.get(input.name);
    if (after === undefined) found.push({ where, problem: 'is read but never written; add an output of role state' });
    else if (!sameType(input.type, after.type)) {
      found.push({
        where,
        problem: `has axes [${input.type.axes.join(', ')}] and becomes [${after.type.axes.join(', ')}]`,
      });
    }
    next.delete(input.name);
  }
  for (const name of next.keys()) found.push({ where: `state "${name}"`, problem: 'is written but never read' });
  return found;
}

/** Returns the program if it is well formed. Throws {@link UserError} `program.mismatch` listing all problems. */
export function checked(program: Program): Program {
  const found = problemsOf(program);
  if (found.length > 0) throw mismatches(`program "${program.name}"`, found);
  return program;
}
