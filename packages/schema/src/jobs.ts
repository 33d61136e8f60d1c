import { z } from 'zod';
import { teacherRequestSchema } from './request.ts';

/** A stage that is one job: the plan is in the store under its run. */
export const runJobSchema = z.strictObject({ runId: z.string() });
export type RunJob = z.infer<typeof runJobSchema>;

/** One image to prepare. */
export const prepareJobSchema = z.strictObject({ sampleId: z.number().int() });
export type PrepareJob = z.infer<typeof prepareJobSchema>;

/** One attempt at one request; `number` is counted from 1. */
export const teachJobSchema = z.strictObject({
  runId: z.string(),
  number: z.number().int().min(1),
  request: teacherRequestSchema,
});
export type TeachJob = z.infer<typeof teachJobSchema>;

/** How a job ends when nothing broke. What was expected to be able to fail is a value, not an exception. */
export const jobResultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), note: z.string().optional() }),
  /** The work was put down half-way because the worker was asked to stop; the next start goes on from there. */
  z.strictObject({ kind: z.literal('interrupted') }),
  z.strictObject({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
]);
export type JobResult = z.infer<typeof jobResultSchema>;
