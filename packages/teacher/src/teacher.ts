import type { TeacherRequest, TeacherResult } from '@retort/schema';
import type { ParserName } from './parse-answer.ts';

/** What a call needs from outside. */
export interface AskDeps {
  /** Bytes of the prepared image; called at most once, and only when the teacher looks at the image. */
  readImage(): Promise<Uint8Array>;
  readonly signal: AbortSignal;
  /** Parser of the prompt's `output`, which decides between `answered` and `malformed`; `description` if absent. */
  readonly parserName?: ParserName;
}

/** Someone who can be asked about an image. Every implementation runs `test/contracts/teacher.ts`. */
export interface Teacher {
  /** Registry name. */
  readonly name: string;
  readonly model: string;
  /** Calls of equal scope share the service's limits; absent where nothing is limited, because nobody is called. */
  readonly quotaScope?: string;
  /**
   * One call, without retries: what to do with its outcome is `decideNext`'s.
   *
   * @returns every expected end, also a broken connection and a call that the signal cut short (`network`)
   * @throws the signal's reason when it was aborted before the call, and whatever `readImage` throws
   */
  ask(request: TeacherRequest, deps: AskDeps): Promise<TeacherResult>;
  /** Models that could be asked, sorted; absent where nobody can list them. */
  listModels?(signal: AbortSignal): Promise<readonly string[]>;
  close?(): Promise<void>;
}
