/**
 * The form in which image prompts are compared: Unicode NFC, trimmed, lower case, every run of white space one space.
 * Two prompts with the same form are one prompt to splits and audits. Punctuation counts.
 */
export function normaliseImagePrompt(imagePrompt: string): string {
  return imagePrompt.normalize('NFC').trim().toLowerCase().replace(/\s+/gu, ' ');
}
