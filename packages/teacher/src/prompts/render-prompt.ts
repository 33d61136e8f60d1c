import { ASPECTS, type Aspect, type MosScale } from '@retort/schema';
import { MissingVariableError, UnknownVariableError } from './prompt-errors.ts';
import type { Prompt } from './prompt-library.ts';
import { keepSections } from './sections.ts';
import { fillTemplate, templateVariables } from './template.ts';

export type PromptVariables = Readonly<Record<string, string>>;

/** What is known of a sample that a prompt may ask for. */
export interface PromptSubject {
  readonly imagePrompt: string | null;
  /** MOS of each rated aspect, in the dataset's own scale. */
  readonly mos: Readonly<Partial<Record<Aspect, number>>>;
  readonly scale: MosScale;
}

/**
 * The words that go to the teacher. Values are made harmless: none can close a tag or begin a line.
 *
 * @param aspects those of the prompt's aspects that are asked about; all of them if absent
 * @throws MissingVariableError, UnknownVariableError: variables are exactly those that these words need
 */
export function renderPrompt(
  prompt: Prompt,
  variables: PromptVariables,
  aspects: readonly Aspect[] = prompt.aspects,
): string {
  const text = keepSections(prompt.text, aspects);
  const used = templateVariables(text);
  const needed = prompt.variables.filter((name) => used.includes(name));
  const given = Object.keys(variables);
  const missing = needed.filter((name) => !given.includes(name));
  if (missing.length > 0) throw new MissingVariableError(prompt.id, missing);
  const unknown = given.filter((name) => !needed.includes(name));
  if (unknown.length > 0) throw new UnknownVariableError(prompt.id, unknown);
  return fillTemplate(text, variables);
}

/**
 * The variables that `prompt` needs to ask about `aspects` and `subject` has; MOS with two decimals. What is unknown stays
 * missing. `mos` is that of a prompt's only aspect; one about several has `mos_quality` and so on.
 */
export function buildPromptVariables(
  prompt: Prompt,
  subject: PromptSubject,
  aspects: readonly Aspect[] = prompt.aspects,
): PromptVariables {
  const mosOf = (aspect: Aspect | undefined) =>
    aspect === undefined ? undefined : subject.mos[aspect]?.toFixed(2);
  const known: Record<string, string | null | undefined> = {
    image_prompt: subject.imagePrompt,
    mos: mosOf(prompt.aspects.length === 1 ? prompt.aspects[0] : undefined),
    ...Object.fromEntries(ASPECTS.map((aspect) => [`mos_${aspect}`, mosOf(aspect)])),
    mos_min: String(subject.scale.min),
    mos_max: String(subject.scale.max),
  };
  const declared = templateVariables(keepSections(prompt.text, aspects)).flatMap((name) => {
    const value = known[name];
    return value === null || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(declared);
}
