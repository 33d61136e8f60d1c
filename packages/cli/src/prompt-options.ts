import { COMBINED_OUTPUTS, PROMPT_FORMS, type RunPlan } from '@retort/schema';
import { choice } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** `--prompt`: a form, whose newest version is used, or a form with a version: `blind.v1`. @throws UsageError */
export function parsePrompt(text: string): Pick<RunPlan, 'promptForm' | 'promptVersion'> {
  const [, form = text, version] = /^(.+)\.v([1-9]\d{0,8})$/.exec(text) ?? [];
  const known = PROMPT_FORMS.find((name) => name === form);
  if (known === undefined) {
    const forms = PROMPT_FORMS.join(', ');
    throw new UsageError(
      `--prompt is one of ${forms}, or one with a version such as blind.v1, not "${text}".`,
    );
  }
  return { promptForm: known, ...(version === undefined ? {} : { promptVersion: Number(version) }) };
}

/** `--combined`, `--combined text`: absent members keep a plan's run what it was before there was this flag. @throws UsageError */
export function parseCombined(flag: string | true | undefined, teacher: string): Pick<RunPlan, 'combined'> {
  if (flag === undefined) return {};
  if (teacher === 'replay') {
    throw new UsageError(
      '--combined goes with a live teacher: recorded answers are about one aspect each. Leave it out, or ask with --teacher gemini or openai.',
    );
  }
  return { combined: choice('--combined', flag === true ? 'json' : flag, COMBINED_OUTPUTS) };
}
