import { aspectsAsked, type TeacherRequest, type TeacherResult } from '@retort/schema';
import { parseAnswer } from './parse-answer.ts';
import { openRecordings, type Recording, type Recordings } from './recordings.ts';
import type { Teacher } from './teacher.ts';

export interface ReplayOptions {
  /** JSON lines, see `openRecordings`. */
  readonly recordingsPath: string;
}

/**
 * The teacher that costs nothing: gives the answers that were recorded, as they were recorded.
 * An image without a recording ends `invalid`.
 */
export async function createReplayTeacher({ recordingsPath }: ReplayOptions): Promise<Teacher> {
  const recordings = await openRecordings(recordingsPath);
  return {
    name: 'replay',
    model: recordings.models.join(', '),
    async ask(request, { signal, parserName = 'description' }) {
      signal.throwIfAborted();
      const { aspect } = request;
      const recording =
        aspect === 'all' ? undefined : recordings.get({ ...request, aspect, imageHash: request.blobHash });
      if (recording === undefined) return missingResult(recordings, request);
      const parsed = parseAnswer(parserName, recording.response, aspectsAsked(request));
      return parsed.ok
        ? recordedResult(recording, 'answered', 'recorded')
        : recordedResult(recording, 'malformed', parsed.reason);
    },
    listModels: async () => recordings.models,
  };
}

const NOTHING_MEASURED = {
  httpStatus: null,
  retryAfterMs: null,
  responseId: null,
  usage: { inputTokens: null, outputTokens: null, thinkingTokens: null },
  recordedAt: null,
  maybeBilled: false,
} as const;

function recordedResult(
  recording: Recording,
  outcome: 'answered' | 'malformed',
  reason: string,
): TeacherResult {
  return {
    ...NOTHING_MEASURED,
    outcome,
    reason,
    answer: recording.response,
    rawBody: recording.rawLine,
    modelVersion: recording.model,
  };
}

function missingResult(recordings: Recordings, { imageName, aspect }: TeacherRequest): TeacherResult {
  return {
    ...NOTHING_MEASURED,
    outcome: 'invalid',
    reason: `No recorded ${aspect} answer for ${imageName} in ${recordings.path}.`,
    answer: null,
    rawBody: null,
    modelVersion: null,
  };
}
