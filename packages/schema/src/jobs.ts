import { z } from 'zod';
import { teacherRequestSchema } from './request.ts';

/** A stage that is one job: the plan is in the store under its run. */
export const runJobSchema = z.strictObject({ runId: z.string() });

/** One image to prepare. */
export const prepareJobSchema = z.strictObject({
  sampleId: z.number().int(),
  /** True: a picture that can't be used ends the run. */
  strict: z.boolean(),
});

/** One attempt at one request; `number` is counted from 1. */
export const teachJobSchema = z.strictObject({
  runId: z.string(),
  number: z.number().int().min(1),
  request: teacherRequestSchema,
  /** What this attempt can cost at most, USD; null when the price is unknown. */
  worstCaseUsd: z.number().min(0).nullable(),
  /** Input tokens that it will probably take. */
  inputTokens: z.number().min(0),
});
export type TeachJob = z.infer<typeof teachJobSchema>;

/** A batch of requests to take as far as it goes now; its rows are in the store. */
export const batchJobSchema = z.strictObject({ runId: z.string(), batchId: z.number().int() });

/** How a job ends when nothing broke. What was expected to be able to fail is a value, not an exception. */
export const jobResultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), note: z.string().optional() }),
  /** The work was put down half-way because the worker was asked to stop; the next start goes on from there. */
  z.strictObject({ kind: z.literal('interrupted') }),
  /** Nothing more can be asked for now: `limit` for a quota or credit that comes back, else something to mend. */
  z.strictObject({
    kind: z.literal('stop'),
    limit: z.boolean(),
    reason: z.string(),
    until: z.string().nullable(),
    /** When to go on, in words, where that is neither a time nor a matter of money. */
    when: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
]);
/** How far a job is, as its worker reports it; with the unit `wait`, what it waits for. */
export const jobProgressSchema = z.strictObject({
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  note: z.string().nullable(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export type JobResult = z.infer<typeof jobResultSchema>;
