import type { MosScale } from '@retort/schema';
import { MissingVariableError, UnknownVariableError } from './prompt-errors.ts';
import type { Prompt } from './prompt-library.ts';
import { fillTemplate } from './template.ts';

export type PromptVariables = Readonly<Record<string, string>>;

/** What is known of a sample that a prompt may ask for. */
export interface PromptSubject {
  readonly imagePrompt: string | null;
  /** In the dataset's own scale; null for an unrated sample. */
  readonly mos: number | null;
  readonly scale: MosScale;
}

/**
 * The words that go to the teacher. Values are made harmless: none can close a tag or begin a line.
 *
 * @throws MissingVariableError, UnknownVariableError: variables are exactly those that the prompt declares
 */
export function renderPrompt(prompt: Prompt, variables: PromptVariables): string {
  const given = Object.keys(variables);
  const missing = prompt.variables.filter((name) => !given.includes(name));
  if (missing.length > 0) throw new MissingVariableError(prompt.id, missing);
  const unknown = given.filter((name) => !prompt.variables.includes(name));
  if (unknown.length > 0) throw new UnknownVariableError(prompt.id, unknown);
  return fillTemplate(prompt.text, variables);
}

/** The variables that `prompt` declares and `subject` has; MOS with two decimals. What is null stays missing. */
export function buildPromptVariables(prompt: Prompt, subject: PromptSubject): PromptVariables {
  const known: Record<string, string | null> = {
    image_prompt: subject.imagePrompt,
    mos: subject.mos === null ? null : subject.mos.toFixed(2),
    mos_min: String(subject.scale.min),
    mos_max: String(subject.scale.max),
  };
  const declared = prompt.variables.flatMap((name) => {
    const value = known[name];
    return value === null || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(declared);
}
