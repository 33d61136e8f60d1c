import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sampleDataset } from '@retort/datasets';
import { z } from 'zod';
import { EXIT } from '../exit-codes.ts';
import { existing } from '../flag-values.ts';
import { userPath } from '../repository.ts';
import { runScorerCommand } from '../scorer-process.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface PackFlags {
  readonly checkpoint: string;
  readonly out: string;
  readonly onnx?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const resultSchema = z.object({
  out: z.string(),
  files: z.number(),
  bytes: z.number(),
  onnx: z
    .object({ aspects: z.array(z.string()), images: z.number(), largest_difference: z.number() })
    .nullable(),
});

/** `distill scorer pack`: a checkpoint as a folder that predicts alone. */
export async function packCommand(flags: PackFlags, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const checkpoint = existing('--checkpoint', userPath(flags.checkpoint, env));
  const out = userPath(flags.out, env);
  if (existsSync(out) && flags.overwrite !== true)
    throw new UsageError(`--out: ${out} is there already: name another folder, or add --overwrite.`);
  const result = resultSchema.parse(
    await runScorerCommand(
      {
        command: 'pack',
        checkpoint,
        out,
        overwrite: flags.overwrite === true,
        onnx_images: flags.onnx === true ? join(sampleDataset().path, 'images') : null,
      },
      terminal,
    ),
  );
  terminal.print(flags.json === true ? JSON.stringify(result) : packText(result));
  return EXIT.ok;
}

function packText({ out, files, bytes, onnx }: z.infer<typeof resultSchema>): string {
  const packed = `${files} files, ${(bytes / 1e6).toFixed(1)} MB: ${out}`;
  if (onnx === null) return packed;
  const difference = onnx.largest_difference.toExponential(1);
  return `${packed}\nscorer.onnx (${onnx.aspects.join(', ')}): at most ${difference} MOS from PyTorch on ${onnx.images} images`;
}
