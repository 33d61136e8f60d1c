import type { TeachJob } from '@retort/schema';
import type { DueRequest } from '@retort/store';
import { estimateTokens } from '@retort/teacher';

export interface TeachJobOptions {
  readonly runId: string;
  /** Of the attempt, counted from 1. */
  readonly number: number;
  /** What it can cost at most, USD; null when the price is unknown. */
  readonly worstCaseUsd: number | null;
}

/** The job that is one attempt at a request. */
export function buildTeachJob(due: Omit<DueRequest, 'position'>, options: TeachJobOptions): TeachJob {
  const { key, teacher, model, aspect, promptId, promptText, blobHash, mediaType, imageName, settings } = due;
  const { maxOutputTokens, responseSchema } = due;
  const aspects = due.aspects && [...due.aspects];
  const asked = { key, teacher, model, aspect, promptId, promptText, blobHash, mediaType, imageName };
  const request = { ...asked, settings, maxOutputTokens, aspects, responseSchema };
  return { ...options, request, inputTokens: estimateTokens(due) };
}
