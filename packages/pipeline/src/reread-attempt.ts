import { ASPECTS, aspectsAsked, type Descriptions, type Outcome } from '@retort/schema';
import type { NewReading, StoredReading } from '@retort/store';
import { type PromptLibrary, parseAnswer, readStoredAnswer } from '@retort/teacher';
import { descriptionsOf } from './teach-request.ts';

/** How today's reading of an attempt compares to the stored one. */
export type Rereading =
  | { readonly kind: 'same' }
  | { readonly kind: 'undecided' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | {
      readonly kind: 'changed';
      readonly from: Outcome;
      readonly to: Outcome;
      /** An answer that was good enough once and isn't today. */
      readonly refused: boolean;
      readonly reading: NewReading;
      readonly example: ReadingExample;
    };

/** One change, for people: what stood there and what stands there now, or why nothing does. */
export interface ReadingExample {
  readonly image: string;
  readonly aspect: string;
  readonly before: string;
  readonly after: string;
}

/** Reads one stored attempt again. Pure. */
export function rereadAttempt(
  stored: StoredReading,
  rawBody: string | null,
  prompts: PromptLibrary,
): Rereading {
  if (rawBody === null) return { kind: 'unreadable', reason: 'the stored body is damaged' };
  if (!prompts.ids.includes(stored.promptId)) {
    return { kind: 'unreadable', reason: `there is no prompt ${stored.promptId} to say how` };
  }
  const aspects = aspectsAsked(stored);
  const parserName = prompts.get(stored.promptId).output;
  const read = readStoredAnswer({ ...stored, rawBody, parserName, aspects });
  if (read.kind !== 'read') return read;
  const parsed = read.outcome === 'answered' ? parseAnswer(parserName, read.answer ?? '', aspects) : null;
  const texts = descriptionsOf(parsed);
  const before = textsOf(stored);
  const after = textsOf(texts);
  const differs = ASPECTS.find((aspect) => before?.[aspect] !== after?.[aspect]);
  if (read.outcome === stored.outcome && differs === undefined) return { kind: 'same' };
  const { attemptId, requestKey, imageName } = stored;
  const { outcome, reason, answer } = read;
  const cleanUps = parsed?.ok === true ? parsed.cleaned : [];
  const [was, is] = excerpts(
    before?.[differs ?? 'quality'] ?? stored.outcome,
    after?.[differs ?? 'quality'] ?? `${outcome}: ${reason ?? ''}`,
  );
  return {
    kind: 'changed',
    from: stored.outcome,
    to: outcome,
    refused: before !== null && after === null,
    reading: { attemptId, requestKey, outcome, reason, answer, cleanUps, ...texts },
    example: { image: imageName, aspect: differs ?? stored.aspect, before: was, after: is },
  };

  function textsOf(kept: Pick<StoredReading, 'description' | 'descriptions'>): Descriptions | null {
    const [only] = aspects;
    if (kept.descriptions !== null) return kept.descriptions;
    return kept.description === null || only === undefined ? null : { [only]: kept.description };
  }
}

/** Characters shown of a text that changed: some before the first difference, more after it. */
const LEAD = 40;
const SHOWN = 160;

/** The part of two texts in which they begin to differ. */
function excerpts(before: string, after: string): readonly [string, string] {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  const start = Math.max(0, same - LEAD);
  const cut = (text: string): string => {
    const end = start + SHOWN;
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`.toWellFormed();
  };
  return [cut(before), cut(after)];
}
