import { parseAnswer } from '@retort/teacher';

/** A description as today's parser reads it; null where it finds none in the text. */
export function cleanText(description: string): string | null {
  const parsed = parseAnswer('description', description);
  return parsed.ok ? parsed.description : null;
}
