import { checkBaseUrl } from '../http/base-url.ts';
import { TeacherOptionError } from '../teacher-errors.ts';

export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** The base address that `OPENAI_BASE_URL` gives, else OpenAI's own. @throws TeacherOptionError */
export function resolveOpenaiBaseUrl(env: Readonly<Record<string, string | undefined>>): string {
  const given = env.OPENAI_BASE_URL?.trim() ?? '';
  return given === '' ? OPENAI_BASE_URL : normaliseOpenaiBaseUrl(given);
}

/**
 * One form of a base address. A host without a path gets `/v1`, where Ollama, vLLM and LiteLLM have it; any other path
 * stays as it is (`/openai/v1`, `/v1beta/openai`). A pasted `/chat/completions` goes.
 *
 * @throws TeacherOptionError
 */
export function normaliseOpenaiBaseUrl(baseUrl: string): string {
  const url = checkBaseUrl(baseUrl, 'an OpenAI-compatible server', 'OPENAI_BASE_URL')
    .replace(/\/chat\/completions$/, '')
    .replace(/\/+$/, '');
  return new URL(url).pathname === '/' ? `${url}/v1` : url;
}

/** Whether it is OpenAI itself, whose every model wants a key and knows `max_completion_tokens`. */
export function isOpenaiItself(baseUrl: string): boolean {
  return new URL(baseUrl).host === new URL(OPENAI_BASE_URL).host;
}

/** A name travels in the body, so that `Qwen/Qwen2.5-VL-7B`, `llava:13b` and a path are all fine. */
export function checkOpenaiModelName(model: string): void {
  if (model.trim() === model && /^[^\p{Cc}]+$/u.test(model)) return;
  throw new TeacherOptionError(
    `${JSON.stringify(model)} can't be a model of an OpenAI-compatible server: expected a name that it lists.`,
  );
}
