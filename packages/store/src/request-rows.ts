import type { Aspect, GenerationSettings, RequestAspect, ResponseSchema } from '@retort/schema';

export type RequestState = 'pending' | 'answered' | 'dead-letter';

/** What is asked, as planned: content, and where the picture is. */
export interface PlannedRequest {
  readonly key: string;
  readonly teacher: string;
  readonly model: string;
  readonly aspect: RequestAspect;
  /** What it asks about, where that is several; absent: the one in `aspect`. */
  readonly aspects?: readonly Aspect[];
  /** Absent: prose is asked for. */
  readonly responseSchema?: ResponseSchema;
  readonly promptId: string;
  readonly promptText: string;
  readonly imageHash: string;
  readonly imageName: string;
  readonly recipe: string;
  readonly settings: GenerationSettings;
  readonly repeat: number;
  readonly maxOutputTokens: number;
}

export interface DueRequest extends PlannedRequest {
  /** Greater for a request that was planned later. */
  readonly position: number;
  /** Number that the next attempt will have: after those stored, and after those that were paid for and lost. */
  readonly nextNumber: number;
  /** When it may be asked again, UTC ISO 8601; null when it waits for nothing. */
  readonly notBeforeAt: string | null;
  readonly blobHash: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

export interface DeadLetter {
  readonly requestKey: string;
  readonly imageName: string;
  readonly aspect: RequestAspect;
  readonly outcome: string;
  readonly reason: string;
  readonly attempts: number;
}

export interface PromptVersion {
  readonly id: string;
  readonly hash: string;
  readonly text: string;
  readonly sawLabel: boolean;
}
