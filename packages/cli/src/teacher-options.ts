import type { RunPlan } from '@retort/schema';
import type { TeacherName } from '@retort/teacher';
import { wholeNumber } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

/** The model that `--teacher gemini` or `gemini-batch` asks unless --model names another. */
export const DEFAULT_GEMINI_MODEL = 'gemini-3.8-flash';
/** More repeats of the same question than anybody means. */
const MAX_REPEAT = 1_000_000;

/** The model to ask; recorded answers name their own. @throws UsageError */
export function parseModel(model: string | undefined, teacher: TeacherName): string {
  switch (teacher) {
    case 'replay':
      if (model === undefined) return 'recorded';
      throw new UsageError('--model goes with a live teacher: recorded answers name their own model.');
    case 'gemini':
    case 'gemini-batch':
      return model ?? DEFAULT_GEMINI_MODEL;
    case 'openai':
      if (model !== undefined) return model;
      throw new UsageError(
        '--teacher openai needs --model NAME: one that the server lists and that sees images.',
      );
  }
}

/** Left out of the plan when it is 0, so that runs from before it keep their ids. */
export function parseRepeat(text: string | undefined, teacher: TeacherName): Pick<RunPlan, 'repeat'> {
  const repeat = text === undefined ? 0 : wholeNumber('--repeat', text, 0, MAX_REPEAT);
  if (repeat === 0) return {};
  if (teacher !== 'replay') return { repeat };
  throw new UsageError('--repeat goes with a live teacher: recorded answers are the same every time.');
}
