import { checkKey } from '../http/secret-key.ts';
import { TeacherKeyError } from '../teacher-errors.ts';
import { isOpenaiItself, resolveOpenaiBaseUrl } from './openai-address.ts';

/**
 * The key of `OPENAI_API_KEY`, without white space around it; null when there is none, which a local server is fine with.
 *
 * @throws TeacherKeyError when OpenAI itself would be asked without a key, or what is set can't be one
 */
export function resolveOpenaiKey(env: Readonly<Record<string, string | undefined>>): string | null {
  const key = env.OPENAI_API_KEY?.trim() ?? '';
  if (key !== '') {
    checkKey(key, 'OPENAI_API_KEY');
    return key;
  }
  if (!isOpenaiItself(resolveOpenaiBaseUrl(env))) return null;
  throw new TeacherKeyError(
    'The teacher openai needs a key for api.openai.com: set OPENAI_API_KEY, or OPENAI_BASE_URL to another server.',
  );
}
