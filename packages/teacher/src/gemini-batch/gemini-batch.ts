import { rm } from 'node:fs/promises';
import type { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import type { BatchReply, BatchTeacher } from '../batch-teacher.ts';
import { checkModelName, GEMINI_BASE_URL, normaliseBaseUrl } from '../gemini/gemini-address.ts';
import { readJson } from '../http/read-json.ts';
import { checkKey } from '../http/secret-key.ts';
import { TeacherOptionError } from '../teacher-errors.ts';
import { readOperation } from './batch-operation.ts';
import { type BatchConnection, callBatchService } from './batch-service.ts';
import { classifyBatchCall } from './classify-batch-call.ts';
import { collectRows } from './collect-rows.ts';
import { findJob } from './find-job.ts';
import { writeLines } from './write-lines.ts';

export interface GeminiBatchOptions {
  /** From `resolveGeminiKey`. It appears in no result, error or log. */
  readonly apiKey: string;
  readonly model: string;
  /** From `resolveGeminiBaseUrl`; Google's own if absent. */
  readonly baseUrl?: string;
  /** For one HTTP request, a piece of an upload included; two minutes if absent. */
  readonly timeoutMs?: number;
  /** For dates in Retry-After. */
  readonly now?: () => Date;
}

/** An upload goes in pieces of 8 MiB: this is 70 kB/s. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** A batch that is being created may already exist, and nobody waits for long to know: `find` tells. */
const CREATE_TIMEOUT_MS = 30_000;
const INPUT_TYPE = 'application/jsonl';

const uploadedSchema = z.object({ file: z.object({ name: z.string() }) });

/**
 * Gemini's batch service: half the price, in about a day (ai.google.dev/gemini-api/docs/batch-api, checked 2026-11-23).
 *
 * @throws TeacherKeyError, TeacherOptionError for what can't work, before any call
 */
export async function createGeminiBatchTeacher(options: GeminiBatchOptions): Promise<BatchTeacher> {
  const { apiKey, model, timeoutMs = DEFAULT_TIMEOUT_MS, now = () => new Date() } = options;
  checkKey(apiKey, 'The key for gemini-batch');
  checkModelName(model);
  if (!(timeoutMs > 0)) throw new TeacherOptionError(`The timeout is more than 0 ms, not ${timeoutMs}.`);
  const baseUrl = normaliseBaseUrl(options.baseUrl ?? GEMINI_BASE_URL);
  const connection: BatchConnection = { apiKey, baseUrl, timeoutMs };
  const ask = async <T>(
    signal: AbortSignal,
    call: (client: GoogleGenAI) => Promise<unknown>,
    read: (body: string) => T | null,
    of: BatchConnection = connection,
  ): Promise<BatchReply<T>> => classifyBatchCall(await callBatchService(of, signal, call), now(), read);
  return {
    name: 'gemini-batch',
    model,
    async upload(lines, { path, displayName, signal }) {
      signal.throwIfAborted();
      await writeLines(path, lines, signal);
      try {
        const config = { mimeType: INPUT_TYPE, displayName };
        return await ask(
          signal,
          ({ files }) => files.upload({ file: path, config }),
          (body) => uploadedSchema.safeParse(readJson(body)).data?.file.name ?? null,
        );
      } finally {
        await rm(path, { force: true });
      }
    },
    create: (inputFile, displayName) =>
      // No signal: whether it was created must be known.
      ask(
        new AbortController().signal,
        ({ batches }) => batches.create({ model, src: inputFile, config: { displayName } }),
        readOperation,
        { ...connection, timeoutMs: Math.min(timeoutMs, CREATE_TIMEOUT_MS) },
      ),
    find: (displayName, signal) => findJob(connection, displayName, now, signal),
    poll: (name, signal) => ask(signal, ({ batches }) => batches.get({ name }), readOperation),
    collect: (outputFile, parserOf, signal) => collectRows(connection, outputFile, { parserOf, now, signal }),
    cancel: (name, signal) =>
      ask(
        signal,
        ({ batches }) => batches.cancel({ name }),
        () => true as const,
      ),
    async discard(file, signal) {
      await ask(
        signal,
        ({ files }) => files.delete({ name: file }),
        () => true,
      );
    },
  };
}
