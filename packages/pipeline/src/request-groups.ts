import type { Aspect, PromptForm, RunPlan } from '@retort/schema';
import type { SampleRow } from '@retort/store';
import { choosePrompt, type Prompt, type PromptLibrary } from '@retort/teacher';

/** Aspects that one request asks about, and the prompt that does. */
export interface RequestGroup {
  readonly aspects: readonly Aspect[];
  readonly prompt: Prompt;
}

export interface GroupingRules {
  readonly plan: Pick<RunPlan, 'promptForm' | 'promptVersion' | 'combined'>;
  readonly aspects: readonly Aspect[];
  readonly prompts: PromptLibrary;
}

/**
 * What to ask about one sample, a request each. An aspect that needs an image prompt is left out where there is none, and
 * one without a rating is asked about blind, whatever the form. Combined, the aspects of one form share a request; one that
 * is left alone has the single-aspect prompt, whose answer any other run can use.
 *
 * @throws PromptNotFoundError the plan names a version that doesn't exist
 */
export function requestGroups(
  rules: GroupingRules,
  sample: Pick<SampleRow, 'imagePrompt' | 'ratings'>,
): RequestGroup[] {
  const { plan } = rules;
  const formOf = (aspect: Aspect): PromptForm =>
    sample.ratings.some((rating) => rating.aspect === aspect) ? plan.promptForm : 'blind';
  const asked = rules.aspects.filter((aspect) => aspect !== 'correspondence' || sample.imagePrompt !== null);
  const { combined } = plan;
  if (combined === undefined) return asked.map((aspect) => alone(rules, aspect, formOf(aspect)));
  const suffix = combined === 'text' ? '-text' : '';
  return [...Map.groupBy(asked, formOf)].flatMap(([form, aspects]): RequestGroup[] => {
    const choice = { aspect: 'all', name: `${form}${suffix}`, version: versionOf(rules, form) } as const;
    const prompt = choosePrompt(rules.prompts, choice);
    const together = aspects.filter((aspect) => prompt.aspects.includes(aspect));
    const shared = together.length > 1 ? together : [];
    const left = aspects.filter((aspect) => !shared.includes(aspect));
    const singles = left.map((aspect) => alone({ ...rules, plan: { promptForm: form } }, aspect, form));
    return [...(shared.length > 0 ? [{ aspects: shared, prompt }] : []), ...singles];
  });
}

function alone(rules: GroupingRules, aspect: Aspect, form: PromptForm): RequestGroup {
  const choice = { aspect, name: form, version: versionOf(rules, form) };
  return { aspects: [aspect], prompt: choosePrompt(rules.prompts, choice) };
}

/** A version is one of the form that the plan names; where another form must stand in, its newest does. */
function versionOf({ plan }: GroupingRules, form: PromptForm): number | undefined {
  return form === plan.promptForm ? plan.promptVersion : undefined;
}
