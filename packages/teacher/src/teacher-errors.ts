import { type Aspect, RetortError } from '@retort/schema';

/** No usable key for a teacher that needs one. Never holds the key. */
export class TeacherKeyError extends RetortError {
  readonly code = 'teacher-key-missing';
}

/** An option that can't be meant. */
export class TeacherOptionError extends RetortError {
  readonly code = 'usage';
}

/** A recordings file that can't be trusted as a whole: one bad line may hide answers. */
export class RecordingsUnreadableError extends RetortError {
  readonly code = 'recordings-unreadable';
  readonly path: string;
  /** Counted from 1; null when it is about the file. */
  readonly line: number | null;
  constructor(path: string, line: number | null, problem: string, options?: { cause?: unknown }) {
    super(`${path}${line === null ? '' : `, line ${line}`}: ${problem}`, options);
    this.path = path;
    this.line = line;
  }
}

export class RecordingsMissingAspectError extends RetortError {
  readonly code = 'recordings-missing-aspect';
  readonly aspects: readonly Aspect[];
  constructor(path: string, missing: readonly Aspect[], recorded: readonly Aspect[]) {
    super(
      `${path} holds no recorded answers for ${missing.join(', ')}, only for ${recorded.join(', ')}: ` +
        `leave ${missing.join(', ')} out of --aspects, or ask a live teacher with --teacher gemini or openai.`,
    );
    this.aspects = missing;
  }
}

/** The transport did something it isn't known to do: a bug, not an outcome. */
export class TeacherTransportError extends RetortError {
  readonly code = 'job-failed';
}
