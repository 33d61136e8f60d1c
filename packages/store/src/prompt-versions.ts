import { RetortError } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import type { PromptVersion } from './request-rows.ts';

/** A prompt that was used is part of every answer it got: its words can't change under them. */
export class PromptVersionChangedError extends RetortError {
  readonly code = 'prompt-invalid';
  constructor(id: string, known: string, now: string) {
    super(
      `Prompt ${id} was used in this home with other words (hash ${known}, now ${now}): put the file back, and write the new wording as the next version.`,
    );
  }
}

/** The same words under two names would make one answer belong to both. */
export class PromptVersionCopiedError extends RetortError {
  readonly code = 'prompt-invalid';
  constructor(id: string, known: string) {
    super(
      `Prompt ${id} is byte for byte ${known}, which this home knows: change its words, or take it away.`,
    );
  }
}

/** The prompts that requests of this home were made with. */
export function createPromptVersions(db: Database) {
  const find = db.prepare<[string, string], { id: string; hash: string }>(
    'SELECT id, hash FROM prompt_versions WHERE id = ? OR hash = ?',
  );
  const insert = db.prepare('INSERT INTO prompt_versions (id, hash, text, saw_label) VALUES (?, ?, ?, ?)');
  return {
    save({ id, hash, text, sawLabel }: PromptVersion): void {
      const known = find.all(id, hash);
      const same = known.find((version) => version.id === id);
      if (same !== undefined && same.hash !== hash) throw new PromptVersionChangedError(id, same.hash, hash);
      if (same !== undefined) return;
      if (known[0] !== undefined) throw new PromptVersionCopiedError(id, known[0].id);
      insert.run(id, hash, text, sawLabel ? 1 : 0);
    },
  };
}
