import { join } from 'node:path';
import { type Aspect, aspectSchema, type ContentHash } from '@retort/schema';
import { z } from 'zod';
import { PARSER_NAMES, type ParserName } from '../parse-answer.ts';
import { listPromptFiles, STUDENT_PROMPT_NAME } from './list-prompt-files.ts';
import { PromptInvalidError, PromptNotFoundError } from './prompt-errors.ts';
import { checkFrontMatter, type PromptFileName, readPromptFile } from './read-prompt-file.ts';
import { templateVariables } from './template.ts';

/** One version of what a teacher is asked. */
export interface Prompt {
  /** `quality/label-aware.v1` */
  readonly id: string;
  readonly aspect: Aspect;
  readonly version: number;
  /** Parser that reads the answer. */
  readonly output: ParserName;
  readonly variables: readonly string[];
  /** True when the prompt shows the MOS: what is written in answer to it is marked. */
  readonly sawLabel: boolean;
  readonly source: string;
  /** Of the whole file. */
  readonly hash: ContentHash;
  readonly text: string;
}

export interface PromptLibrary {
  /** All prompts by id, sorted. */
  readonly ids: readonly string[];
  /** @throws PromptNotFoundError, with the ids that exist. */
  get(id: string): Prompt;
}

/** Variables that give the MOS away. */
const LABEL_VARIABLES: readonly string[] = ['mos', 'mos_min', 'mos_max'];

const frontMatterSchema = z.strictObject({
  aspect: aspectSchema,
  output: z.enum(PARSER_NAMES),
  variables: z.array(z.string()),
  saw_label: z.boolean(),
  source: z.string().min(1),
});

/**
 * The teacher's prompts of a `prompts/` folder; the student's files are left to `loadStudentPrompts`.
 *
 * @throws PromptInvalidError for a file that breaks a rule, also one about variables or `saw_label`
 */
export async function loadPrompts(dir: string): Promise<PromptLibrary> {
  const files = (await listPromptFiles(dir)).filter(({ name }) => name !== STUDENT_PROMPT_NAME);
  const prompts = new Map<string, Prompt>();
  for (const file of files) prompts.set(file.id, await loadPrompt(dir, file));
  const ids = [...prompts.keys()].sort();
  return {
    ids,
    get(id) {
      const prompt = prompts.get(id);
      if (prompt === undefined) throw new PromptNotFoundError(id, ids);
      return prompt;
    },
  };
}

async function loadPrompt(dir: string, { id, aspect, version }: PromptFileName): Promise<Prompt> {
  const path = join(dir, `${id}.md`);
  const { frontMatter, text, hash } = await readPromptFile(path);
  const { saw_label: sawLabel, ...declared } = checkFrontMatter(path, frontMatter, frontMatterSchema);
  const prompt: Prompt = { ...declared, id, version, sawLabel, hash, text };
  if (prompt.aspect !== aspect) {
    throw new PromptInvalidError(path, `its aspect is ${prompt.aspect}, but it lies in ${aspect}/.`);
  }
  checkVariables(path, prompt);
  return prompt;
}

function checkVariables(path: string, { variables, sawLabel, text }: Prompt): void {
  const used = templateVariables(text);
  const undeclared = used.filter((name) => !variables.includes(name));
  const unused = variables.filter((name) => !used.includes(name));
  if (undeclared.length > 0) {
    throw new PromptInvalidError(path, `${undeclared.join(', ')}: used, but not declared in \`variables\`.`);
  }
  if (unused.length > 0) {
    throw new PromptInvalidError(path, `${unused.join(', ')}: declared in \`variables\`, but not used.`);
  }
  if (used.some((name) => LABEL_VARIABLES.includes(name)) !== sawLabel) {
    throw new PromptInvalidError(
      path,
      `\`saw_label\` is true exactly when one of ${LABEL_VARIABLES.join(', ')} is used.`,
    );
  }
}
