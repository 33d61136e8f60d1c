import { z } from 'zod';
import { readJson } from '../http/read-json.ts';
import { tokenCount } from '../http/token-count.ts';

/**
 * JSON of OpenAI and those compatible with it, of which only what we use is looked at: a member of another type than
 * expected counts as absent, and unknown members are no business of ours.
 */
const text = z.string().nullish().catch(null);

const partSchema = z.object({ type: text, text });

const choiceSchema = z.object({
  finish_reason: text,
  message: z
    .object({
      content: z
        .union([z.string(), z.array(partSchema)])
        .nullish()
        .catch(null),
      refusal: text,
    })
    .nullish(),
});

const answerBodySchema = z.object({
  choices: z.array(choiceSchema),
  usage: z
    .object({
      prompt_tokens: tokenCount,
      completion_tokens: tokenCount,
      completion_tokens_details: z.object({ reasoning_tokens: tokenCount }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  model: text,
  id: text,
  system_fingerprint: text,
});

/** vLLM's `code` is a number, LiteLLM's a number in a string, and its absent members are the word `None`. */
const word = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(null)
  .transform((value) => (value === null || value === undefined || value === 'None' ? null : String(value)));

const innerErrorSchema = z
  .object({ innererror: z.object({ code: text }).nullish() })
  .nullish()
  .catch(null);

const errorSchema = z
  .looseObject({
    message: text,
    type: word,
    code: word,
    param: word,
    provider_specific_fields: innerErrorSchema,
  })
  .transform(({ message, type, code, param, ...rest }): ErrorFacts => {
    const inner = rest.provider_specific_fields ?? innerErrorSchema.parse(rest);
    return { message: message ?? null, type, code, param, innerCode: inner?.innererror?.code ?? null };
  });

const errorBodySchema = z.object({
  // A mere text: vLLM's server for a wrong key, and Ollama's own interface.
  error: z.union([errorSchema, z.string().transform((message) => ({ ...NO_ERROR_FACTS, message }))]),
});

/** vLLM before it took OpenAI's form: nothing around the error. */
const bareErrorSchema = z.object({ object: z.literal('error') });

export type AnswerBody = z.infer<typeof answerBodySchema>;
export type Choice = z.infer<typeof choiceSchema>;
type Usage = AnswerBody['usage'];

/** What an error says, in whichever form it says it. */
export interface ErrorFacts {
  readonly message: string | null;
  readonly type: string | null;
  readonly code: string | null;
  /** Member of the request that it is about. */
  readonly param: string | null;
  /** What Azure says beneath the error. */
  readonly innerCode: string | null;
}

export const NO_ERROR_FACTS: ErrorFacts = {
  message: null,
  type: null,
  code: null,
  param: null,
  innerCode: null,
};

/** Null when the body isn't JSON of an answer's shape. */
export function readAnswerBody(body: string): AnswerBody | null {
  return answerBodySchema.safeParse(readJson(body)).data ?? null;
}

/** Null when the body is no error in any of the forms. */
export function readErrorBody(body: string): ErrorFacts | null {
  const json = readJson(body);
  const around = errorBodySchema.safeParse(json);
  if (around.success) return around.data.error;
  return bareErrorSchema.safeParse(json).success ? (errorSchema.safeParse(json).data ?? null) : null;
}

/**
 * Text of the answer without the model's thoughts; null when there is none. A reasoning model whose server doesn't take the
 * thoughts out leaves them before `</think>`, with or without the `<think>` that some templates put into the prompt.
 */
export function answerTextOf({ message }: Choice): string | null {
  const content = message?.content ?? null;
  const texts = typeof content === 'string' ? [content] : content?.flatMap((part) => part.text ?? []);
  if (texts === undefined || texts.length === 0) return null;
  const whole = texts.join('');
  const end = whole.lastIndexOf('</think>');
  if (end !== -1) return whole.slice(end + '</think>'.length).trimStart();
  return whole.trimStart().startsWith('<think>') ? null : whole;
}

/** OpenAI counts the thoughts among the output tokens, some others beside them; here they are always apart. */
export function tokenUsageOf(usage: Usage) {
  const thinkingTokens = usage?.completion_tokens_details?.reasoning_tokens ?? null;
  const completion = usage?.completion_tokens ?? null;
  const includesThinking = completion !== null && thinkingTokens !== null && thinkingTokens <= completion;
  return {
    inputTokens: usage?.prompt_tokens ?? null,
    outputTokens: includesThinking ? completion - thinkingTokens : completion,
    thinkingTokens,
  };
}
