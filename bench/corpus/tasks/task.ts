import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What a process of its own is to do; handed over in a file. */
export const taskSchema = z.object({
  /** File of a `TextPool`. */
  pool: z.string(),
  rows: z.number(),
  /** Rows that go through before the clock starts. */
  warmUp: z.number(),
  /** Folder with the images of the rows. */
  blobs: z.string(),
  /** Folder for what is written; not there yet. */
  out: z.string(),
});
export type Task = z.infer<typeof taskSchema>;

/** What such a process prints, as one line of JSON. */
export const figuresSchema = z.object({
  rows: z.number(),
  /** Of what is measured, the making of its rows included. */
  seconds: z.number(),
  /** From the first row to the last, without what is done when all are through. */
  pass_seconds: z.number(),
  /** Of making the rows alone, in the same process. */
  generate_seconds: z.number(),
  /** User and system time during `seconds`. */
  cpu_seconds: z.number(),
  /** The most resident memory there ever was. */
  peak_bytes: z.number(),
});
export type Figures = z.infer<typeof figuresSchema>;

export async function readTask(argv: readonly string[]): Promise<Task> {
  const [file] = argv;
  if (file === undefined) throw new Error('expected the file of a task');
  return taskSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
