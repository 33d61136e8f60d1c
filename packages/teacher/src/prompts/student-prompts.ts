import { join } from 'node:path';
import { type Aspect, aspectSchema, type ContentHash } from '@retort/schema';
import { z } from 'zod';
import { listPromptFiles, STUDENT_PROMPT_NAME } from './list-prompt-files.ts';
import { MissingVariableError, PromptInvalidError, PromptNotFoundError } from './prompt-errors.ts';
import { checkFrontMatter, type PromptFileName, readPromptFile } from './read-prompt-file.ts';
import { fillTemplate, templateVariables } from './template.ts';

/** The user turns of an aspect's conversation. They never hold a MOS. */
export interface StudentPrompt {
  readonly id: string;
  readonly aspect: Aspect;
  readonly version: number;
  readonly source: string;
  readonly hash: ContentHash;
  /** Holds `{{image_prompt}}` and no other variable. */
  readonly question: string;
  /** Null when the question makes no sense without an image prompt. */
  readonly questionWithoutImagePrompt: string | null;
  readonly wordQuestion: string;
}

/** The newest version of each aspect's file. */
export type StudentPrompts = ReadonlyMap<Aspect, StudentPrompt>;

export interface StudentQuestions {
  /** Turn 0, without the `<image>` that a corpus format puts before it. */
  readonly question: string;
  /** Turn 2. */
  readonly wordQuestion: string;
}

const frontMatterSchema = z.strictObject({
  aspect: aspectSchema,
  source: z.string().min(1),
  question: z.string().min(1),
  question_without_image_prompt: z.string().min(1).optional(),
  word_question: z.string().min(1),
});

/** @throws PromptInvalidError for a file that breaks a rule. */
export async function loadStudentPrompts(dir: string): Promise<StudentPrompts> {
  const files = (await listPromptFiles(dir)).filter(({ name }) => name === STUDENT_PROMPT_NAME);
  const newest = new Map<Aspect, StudentPrompt>();
  for (const file of files.sort((a, b) => a.version - b.version)) {
    const prompt = await loadStudentPrompt(dir, file);
    newest.set(prompt.aspect, prompt);
  }
  return newest;
}

/**
 * What the student is asked about one sample.
 *
 * @throws PromptNotFoundError when the aspect has no file, MissingVariableError when it needs an image prompt
 */
export function renderStudentQuestions(
  prompts: StudentPrompts,
  { aspect, imagePrompt }: { aspect: Aspect; imagePrompt: string | null },
): StudentQuestions {
  const prompt = prompts.get(aspect);
  if (prompt === undefined) {
    throw new PromptNotFoundError(
      `${aspect}/${STUDENT_PROMPT_NAME}`,
      [...prompts.values()].map(({ id }) => id),
    );
  }
  const question = imagePrompt === null ? prompt.questionWithoutImagePrompt : prompt.question;
  if (question === null) throw new MissingVariableError(prompt.id, ['an image prompt']);
  return {
    question: imagePrompt === null ? question : fillTemplate(question, { image_prompt: imagePrompt }),
    wordQuestion: prompt.wordQuestion,
  };
}

async function loadStudentPrompt(dir: string, file: PromptFileName): Promise<StudentPrompt> {
  const { id, aspect, version } = file;
  const path = join(dir, `${id}.md`);
  const { frontMatter, hash } = await readPromptFile(path);
  const words = checkFrontMatter(path, frontMatter, frontMatterSchema);
  if (words.aspect !== aspect) {
    throw new PromptInvalidError(path, `its aspect is ${words.aspect}, but it lies in ${aspect}/.`);
  }
  const withoutImagePrompt = words.question_without_image_prompt ?? null;
  if (templateVariables(words.question).join() !== 'image_prompt') {
    throw new PromptInvalidError(path, '`question` holds {{image_prompt}} and no other variable.');
  }
  if (templateVariables(`${withoutImagePrompt ?? ''}${words.word_question}`).length > 0) {
    throw new PromptInvalidError(path, 'only `question` may hold a variable.');
  }
  return {
    id,
    aspect: words.aspect,
    version,
    source: words.source,
    hash,
    question: words.question,
    questionWithoutImagePrompt: withoutImagePrompt,
    wordQuestion: words.word_question,
  };
}
