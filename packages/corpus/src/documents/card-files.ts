import { AUDIT_FILE, IMAGES_FOLDER, MANIFEST_FILE, SUMS_FILE } from '../export/export-files.ts';
import { LORA_VARIANTS, type LoraVariant } from '../lora/lora-variant.ts';
import { STUDENTS } from '../lora/student.ts';
import { trainingCommand } from '../training-command.ts';
import type { DocumentsInput } from './documents-input.ts';

/** What Croissant's description of an export is called. */
export const CROISSANT_FILE = 'croissant.json';

const MEANINGS: Readonly<Record<LoraVariant, string>> = {
  released: 'LoRA on the language model, as the published script of M3-AGIQA does (`released`):',
  paper: 'LoRA on the vision encoder, as its paper says (`paper`):',
};

/** What lies where in an export. */
export function cardFiles({ formats, images }: DocumentsInput): string {
  return [
    ...formats.map(({ name, files }) => {
      const rows = files.reduce((sum, file) => sum + file.rows, 0);
      return `- \`${name}/\`: ${rows} rows for ${name}`;
    }),
    ...(images === 'folder'
      ? [
          `- \`${IMAGES_FOLDER}/\`: the prepared images, named by their SHA-256, where a format doesn't hold them itself`,
        ]
      : []),
    `- \`${MANIFEST_FILE}\`, \`${AUDIT_FILE}\`, \`${CROISSANT_FILE}\`, \`${SUMS_FILE}\` (\`sha256sum -c ${SUMS_FILE}\`)`,
  ].join('\n');
}

/** How to start each trainer that the export is for. */
export function cardTraining({ formats, images, manifest, maxTokens }: DocumentsInput): string {
  const names = formats.map(({ name }) => name);
  const trainers = ['ms-swift', 'minicpm-v', 'llamafactory'].filter((name) => names.includes(name));
  if (trainers.length === 0) return '';
  const line = (variant: LoraVariant) =>
    trainingCommand({ corpusDir: null, manifest, variant, ...(maxTokens === null ? {} : { maxTokens }) });
  return [
    images === 'path'
      ? 'Start the trainer **in this folder, on the machine that wrote it**: the files name images by their absolute paths there.'
      : 'Start the trainer **in this folder**: image paths in the files are relative to it.',
    ...(names.includes('ms-swift')
      ? LORA_VARIANTS.flatMap((variant) => [MEANINGS[variant], `    ${line(variant)}`])
      : []),
    `LoRA configurations for ${STUDENTS.map(({ model }) => model).join(' and ')}, one for DeepSpeed and the commands that start each: ` +
      `${trainers.map((name) => `\`${name}/lora/README.md\``).join(', ')}.`,
  ].join('\n\n');
}
