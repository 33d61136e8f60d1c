import type { ReadRow } from '@retort/corpus';
import { ASPECTS, type Aspect } from '@retort/schema';

/** What a question about one aspect speaks of. */
const SUBJECTS: Readonly<Record<Aspect, RegExp>> = {
  quality: /\bquality\b/iu,
  correspondence: /\b(?:correspond\w*|align\w*|match(?:es)? the (?:image )?(?:prompt|text|description))\b/iu,
  authenticity: /\b(?:authentic\w*|genuine\w*|realism|how real)\b/iu,
};

/** The aspect that a row is about, by its id (`dataset/aspect/name`), else by the words of its questions; null where they speak of none or several. */
export function guessAspect({ id, turns }: Pick<ReadRow, 'id' | 'turns'>): Aspect | null {
  const named = ASPECTS.find((aspect) => id?.includes(`/${aspect}/`));
  if (named !== undefined) return named;
  const asked = turns
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text.replace(/^.*image prompt\s*:.*$/gimu, ''))
    .join('\n');
  const found = ASPECTS.filter((aspect) => SUBJECTS[aspect].test(asked));
  return found.length === 1 ? (found[0] ?? null) : null;
}
