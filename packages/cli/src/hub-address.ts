import type { Terminal } from './terminal/terminal.ts';

const DEFAULT_HUB = 'https://huggingface.co';

/** Address of the Hugging Face hub, without a slash at its end: HF_ENDPOINT, else the public one. */
export function hubAddress(env: Terminal['env']): string {
  return (env.HF_ENDPOINT || DEFAULT_HUB).replace(/\/+$/, '');
}
