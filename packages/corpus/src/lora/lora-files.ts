import type { SideFile, SideFileContext } from '../formats/format.ts';
import { DEFAULT_MAX_TOKENS } from '../tokens/max-tokens.ts';
import { adapterFolder } from './adapter-folder.ts';
import { DEEPSPEED_FILE, deepspeedText } from './deepspeed-config.ts';
import { LLAMAFACTORY_STUDENT, llamafactoryYaml } from './llamafactory-config.ts';
import { LORA_VARIANTS } from './lora-variant.ts';
import { peftConfigText } from './peft-config.ts';
import { STUDENTS } from './student.ts';
import { swiftArguments, swiftArgumentsYaml } from './swift-arguments.ts';
import { torchrunCommand } from './torchrun-command.ts';

/** Tokens a row may have for the trainer. */
export function maxTokensOf({ maxTokens }: Pick<SideFileContext, 'maxTokens'>): number {
  return maxTokens ?? DEFAULT_MAX_TOKENS;
}

/** For peft, and MiniCPM-V's own script. */
export function peftLoraFiles(context: SideFileContext): readonly SideFile[] {
  const configs = STUDENTS.flatMap((student) =>
    LORA_VARIANTS.map((variant) => ({
      name: `lora/${student.name}-${variant}.json`,
      text: peftConfigText(student, variant),
    })),
  );
  const outputDir = adapterFolder(context.corpusKey, 'released');
  const line = torchrunCommand({ splits: context.splits, maxTokens: maxTokensOf(context), outputDir });
  return [...configs, deepspeedFile(), readme(PEFT_README(line))];
}

/** For ms-swift. */
export function swiftLoraFiles(context: SideFileContext): readonly SideFile[] {
  const { splits, corpusKey } = context;
  const configs = STUDENTS.flatMap((student) =>
    LORA_VARIANTS.map((variant) => ({
      name: `lora/${student.name}-${variant}.yaml`,
      text: swiftArgumentsYaml(
        swiftArguments({ student, variant, splits, corpusKey, maxTokens: maxTokensOf(context) }),
      ),
    })),
  );
  return [...configs, deepspeedFile(), readme(SWIFT_README(configs.map(({ name }) => name)))];
}

/** For LLaMA-Factory. */
export function llamafactoryLoraFiles(context: SideFileContext): readonly SideFile[] {
  const { splits, corpusKey } = context;
  const configs = LORA_VARIANTS.map((variant) => ({
    name: `lora/${LLAMAFACTORY_STUDENT.name}-${variant}.yaml`,
    text: llamafactoryYaml({
      variant,
      splits,
      maxTokens: maxTokensOf(context),
      outputDir: adapterFolder(corpusKey, variant),
    }),
  }));
  return [...configs, deepspeedFile(), readme(LLAMAFACTORY_README(configs.map(({ name }) => name)))];
}

const deepspeedFile = (): SideFile => ({ name: `lora/${DEEPSPEED_FILE}`, text: deepspeedText() });
const readme = (text: string): SideFile => ({ name: 'lora/README.md', text });

const WHERE = 'Start it in the corpus folder, one above this format’s: image paths are relative to it.';

const PEFT_README = (line: string) => `# LoRA for MiniCPM-V's own script and for peft

${WHERE} \`MINICPM_V\` is a checkout of OpenBMB/MiniCPM-V (transformers 4.44.2 to 4.51, peft 0.12 to 0.14).

\`released\`, LoRA on the language model's self-attention:

    ${line}

The published script says \`--tune_vision true\`; in today's finetune.py that trains the whole vision encoder along.

\`paper\`, LoRA on the vision encoder with the language model frozen, can't be said with that script's options: use
\`ms-swift/lora/\`, or the JSON file here in code of your own: \`peft.LoraConfig(**json.load(open(FILE)))\`.
MiniCPM-V 4.6 isn't loaded by that script: its JSON files are for peft.
`;

const SWIFT_README = (names: readonly string[]) => `# LoRA for ms-swift

${WHERE}

${names.map((name) => `    swift sft ms-swift/${name}`).join('\n')}

Short of GPU memory: add \`--deepspeed ms-swift/lora/${DEEPSPEED_FILE}\`. MiniCPM-V 4.6 needs transformers 5.7 or newer.
`;

const LLAMAFACTORY_README = (names: readonly string[]) => `# LoRA for LLaMA-Factory

${WHERE}

${names.map((name) => `    llamafactory-cli train llamafactory/${name}`).join('\n')}

These tune MiniCPM-V 2.6. There is no file for MiniCPM-Llama3-V-2_5, because LLaMA-Factory 0.9.5 has no template for it, and none for
MiniCPM-V 4.6, because the transformers versions it allows (5.6.0 at most) lack its classes: use \`ms-swift/lora/\` for both.
`;
