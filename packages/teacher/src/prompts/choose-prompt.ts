import type { RequestAspect } from '@retort/schema';
import type { Prompt, PromptLibrary } from './prompt-library.ts';

export interface PromptChoice {
  /** Folder of the prompt. */
  readonly aspect: RequestAspect;
  /** `blind`, `label-aware-text` */
  readonly name: string;
  /** Absent: the newest. */
  readonly version?: number | undefined;
}

/** A version of a prompt, the newest if none is named. @throws PromptNotFoundError with the ids that exist */
export function choosePrompt(library: PromptLibrary, { aspect, name, version }: PromptChoice): Prompt {
  if (version !== undefined) return library.get(`${aspect}/${name}.v${version}`);
  const versions = library.ids
    .filter((id) => id.startsWith(`${aspect}/${name}.v`))
    .map((id) => library.get(id));
  const newest = versions.sort((a, b) => b.version - a.version)[0];
  return newest ?? library.get(`${aspect}/${name}.v1`);
}
