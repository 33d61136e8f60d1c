export type {
  BatchFailure,
  BatchJob,
  BatchLine,
  BatchReply,
  BatchTeacher,
  CollectedRow,
} from './batch-teacher.ts';
export {
  createTeacher,
  isBatchTeacher,
  isBatchTeacherName,
  isTeacherName,
  TEACHER_NAMES,
  type TeacherName,
  type TeacherOptions,
} from './create-teacher.ts';
export { type DecideInput, decideNext, type NextStep } from './decide-next.ts';
export {
  estimateTokens,
  type TokenQuestion,
  type WorstCaseQuestion,
  worstCaseCostUsd,
  worstCaseOfManyUsd,
} from './estimate-tokens.ts';
export type { GeminiOptions } from './gemini/gemini.ts';
export { resolveGeminiBaseUrl } from './gemini/gemini-address.ts';
export { type GeminiKey, resolveGeminiKey } from './gemini/gemini-key.ts';
export type { GeminiBatchOptions } from './gemini-batch/gemini-batch.ts';
export type { OpenaiOptions } from './openai/openai.ts';
export { resolveOpenaiBaseUrl } from './openai/openai-address.ts';
export { resolveOpenaiKey } from './openai/openai-key.ts';
export { type OutcomePolicy, outcomePolicies } from './outcome-policies.ts';
export { pacificDay } from './pacific-midnight.ts';
export { PARSER_NAMES, type ParsedAnswer, type ParserName, parseAnswer } from './parse-answer.ts';
export { PriceFileError, readPriceFile } from './price-file.ts';
export { type PriceQuote, quotePrice } from './price-quote.ts';
export {
  attemptCostUsd,
  costUsd,
  findPrice,
  GEMINI_PRICES,
  type Price,
  type PriceOverride,
  type PriceTable,
} from './prices.ts';
export { choosePrompt } from './prompts/choose-prompt.ts';
export { loadPrompts, type Prompt, type PromptLibrary } from './prompts/prompt-library.ts';
export { findReleaseProblems } from './prompts/released-prompts.ts';
export {
  buildPromptVariables,
  type PromptSubject,
  type PromptVariables,
  renderPrompt,
} from './prompts/render-prompt.ts';
export {
  loadStudentPrompts,
  renderStudentQuestions,
  type StudentPrompt,
  type StudentPrompts,
  type StudentQuestions,
} from './prompts/student-prompts.ts';
export { readStoredAnswer } from './read-stored-answer.ts';
export { openRecordings, type Recording, type Recordings, requireRecordedAspects } from './recordings.ts';
export type { ReplayOptions } from './replay.ts';
export type { AskDeps, Teacher } from './teacher.ts';
