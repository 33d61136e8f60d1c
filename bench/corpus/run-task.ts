import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CorpusBed } from './bed.ts';
import { type Figures, figuresSchema, type Task } from './tasks/task.ts';

/** A script of `tasks/` or `baselines/`, with the arguments after its task. */
export interface Program {
  readonly script: string;
  readonly args?: readonly string[];
}

export const EXPORT: Program = { script: 'tasks/export.ts' };
export const AUDIT: Program = { script: 'tasks/audit.ts' };
export const NEAR_DUPLICATES: Program = { script: 'tasks/near-duplicates.ts' };
/** The baseline of issue 5. */
export const JSON_DUMP: Program = { script: 'baselines/json_dump.py' };
/** The same with Python's C encoder, for comparison. */
export const JSON_DUMPS: Program = { script: 'baselines/json_dump.py', args: ['dumps'] };

/** Runs a program over `rows` synthetic rows in a process of its own; what it wrote is passed to `look`, then removed. */
export async function runTask(
  bed: CorpusBed,
  { script, args = [] }: Program,
  rows: number,
  look: (out: string) => Promise<void> = async () => {},
): Promise<Figures> {
  const data = await bed.ensureData(rows);
  return bed.inFolder(async (dir) => {
    const task: Task = { ...data, rows, warmUp: bed.sizes.warmUp, out: join(dir, 'out') };
    const file = join(dir, 'task.json');
    await writeFile(file, JSON.stringify(task));
    const path = join(import.meta.dirname, script);
    const program = script.endsWith('.py') ? bed.python : process.execPath;
    const { stdout } = await promisify(execFile)(program, [path, file, ...args]);
    const figures = figuresSchema.parse(JSON.parse(stdout));
    if (figures.rows !== rows) throw new Error(`${script}: ${figures.rows} of ${rows} rows`);
    await look(task.out);
    return figures;
  });
}
