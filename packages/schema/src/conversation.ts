import type { Aspect } from './aspect.ts';
import type { ReviewMark } from './review.ts';
import type { Split } from './split.ts';
import type { WordLabel } from './word-label.ts';

export type TurnRole = 'user' | 'assistant';

export interface Turn {
  readonly role: TurnRole;
  readonly text: string;
}

/** Ordered turns about one sample and aspect, with what an audit or a format needs to know of it. */
export interface Conversation {
  readonly sampleName: string;
  readonly dataset: string;
  readonly aspect: Aspect;
  readonly imagePrompt: string | null;
  readonly generator: string | null;
  readonly generatorSetting: string | null;
  /** Hash of the source image: equal hashes are one picture. */
  readonly imageHash: string;
  /** Hash of the prepared image: what the corpus shows the student. */
  readonly blobHash: string;
  readonly width: number;
  readonly height: number;
  /** Two turns (question, description) without a rating; four with one. */
  readonly turns: readonly Turn[];
  /** MOS on the 0–5 scale; null for an unrated sample. */
  readonly mos: number | null;
  readonly wordLabel: WordLabel | null;
  readonly sawLabel: boolean;
  readonly promptId: string;
  readonly teacher: string;
  readonly model: string;
  readonly requestKey: string;
  /** Absent where nobody reviewed it, so that keys of such conversations and corpora stay what they were. */
  readonly review?: ReviewMark;
}

export interface CorpusRow extends Conversation {
  readonly split: Split;
}
