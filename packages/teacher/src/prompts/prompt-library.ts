import { join } from 'node:path';
import { ASPECTS, type Aspect, aspectSchema, type ContentHash, type RequestAspect } from '@retort/schema';
import { z } from 'zod';
import { isCombinedParser, PARSER_NAMES, type ParserName } from '../parse-answer.ts';
import { listPromptFiles, STUDENT_PROMPT_NAME } from './list-prompt-files.ts';
import { PromptInvalidError, PromptNotFoundError } from './prompt-errors.ts';
import { checkFrontMatter, type PromptFileName, readPromptFile } from './read-prompt-file.ts';
import { readSections } from './sections.ts';
import { templateVariables } from './template.ts';

/** One version of what a teacher is asked. */
export interface Prompt {
  /** `quality/label-aware.v1` */
  readonly id: string;
  /** What it asks about: one aspect, or for a file in `all/` several, each in a section of its own. */
  readonly aspects: readonly Aspect[];
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
const LABEL_VARIABLES: readonly string[] = [
  'mos',
  'mos_quality',
  'mos_correspondence',
  'mos_authenticity',
  'mos_min',
  'mos_max',
];

const frontMatterSchema = z.strictObject({
  aspects: z.array(aspectSchema).min(1).optional(),
  /** What the first released versions have instead. */
  aspect: aspectSchema.optional(),
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

async function loadPrompt(dir: string, { id, aspect: folder, version }: PromptFileName): Promise<Prompt> {
  const path = join(dir, `${id}.md`);
  const { frontMatter, text, hash } = await readPromptFile(path);
  const { saw_label: sawLabel, aspect, ...declared } = checkFrontMatter(path, frontMatter, frontMatterSchema);
  const aspects = declared.aspects ?? (aspect === undefined ? [] : [aspect]);
  if (aspects.length === 0 || (aspect !== undefined && declared.aspects !== undefined)) {
    throw new PromptInvalidError(path, '`aspects` is the list of what it asks about: [quality], or several.');
  }
  const prompt: Prompt = { ...declared, aspects, id, version, sawLabel, hash, text };
  checkFolder(path, prompt, folder);
  checkSections(path, prompt);
  checkVariables(path, prompt);
  return prompt;
}

function checkFolder(path: string, { aspects, output }: Prompt, folder: RequestAspect): void {
  const home = aspects.length > 1 ? 'all' : aspects[0];
  if (home !== folder) {
    const what = aspects.length > 1 ? 'aspects are' : 'aspect is';
    throw new PromptInvalidError(path, `its ${what} ${aspects.join(', ')}, but it lies in ${folder}/.`);
  }
  if (isCombinedParser(output) !== aspects.length > 1) {
    throw new PromptInvalidError(path, `\`output\` ${output} doesn't read ${aspects.length} descriptions.`);
  }
}

function checkSections(path: string, { aspects, text }: Prompt): void {
  const sections = readSections(text);
  if (sections.problem !== null) throw new PromptInvalidError(path, sections.problem);
  const expected = aspects.length > 1 ? ASPECTS.filter((aspect) => aspects.includes(aspect)) : [];
  if (sections.aspects.join() !== expected.join()) {
    throw new PromptInvalidError(
      path,
      `a prompt about several aspects has a section {{#aspect}} … {{/aspect}} for each, and no other prompt has any.`,
    );
  }
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
