import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { errorCodeOf, RetortError } from '@retort/schema';
import { z } from 'zod';

const ENCODER_REVISIONS = new URL('../encoder-revisions.json', import.meta.url);

/** A safetensors file begins with the length of its JSON header, 8 bytes, little-endian; longer ones are no file of ours. */
const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 10_000_000;
const revision = z.string().regex(/^[\w.-]+$/);

/** What is read of a file that `finetune` wrote; keys are the Python side's, snake_case. */
const headerSchema = z.object({
  /** Names base and weights, so it names the features too. */
  encoder_revision: z.object({ image: revision, text: z.string() }),
  base: z.object({ encoder: z.string(), image: z.string() }),
});
export type TunedStages = z.infer<typeof headerSchema>;

export class TunedStagesUnreadableError extends RetortError {
  readonly code = 'usage';
}

/** Whose stages they are, and how their encoder is called. @throws TunedStagesUnreadableError no such file, or of another encoder version */
export function readTunedStages(path: string): TunedStages {
  const found = headerSchema.safeParse(readMember(path));
  if (!found.success)
    throw new TunedStagesUnreadableError(
      `${path} holds no tuned stages: pass a file that "distill finetune" wrote.`,
    );
  const { base } = found.data;
  const known = z
    .record(z.string(), z.object({ image: z.string() }))
    .parse(JSON.parse(readFileSync(ENCODER_REVISIONS, 'utf8')));
  if (known[base.encoder]?.image !== base.image)
    throw new TunedStagesUnreadableError(
      `${path} was tuned on the encoder ${base.image}, this program has ${known[base.encoder]?.image ?? 'none of that name'}: run "distill finetune" again.`,
    );
  return found.data;
}

/** The header's member of tuned stages; null where the file has none. */
function readMember(path: string): unknown {
  try {
    const header = z
      .object({ __metadata__: z.object({ tuned_stages: z.string() }) })
      .safeParse(JSON.parse(readHeader(path)));
    return header.success ? JSON.parse(header.data.__metadata__.tuned_stages) : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCodeOf(error) === 'EISDIR') return null;
    throw error;
  }
}

function readHeader(path: string): string {
  const file = openSync(path, 'r');
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    readSync(file, length, 0, LENGTH_BYTES, 0);
    const bytes = Number(length.readBigUInt64LE());
    if (bytes > MAX_HEADER_BYTES) return '';
    const header = Buffer.alloc(bytes);
    readSync(file, header, 0, bytes, LENGTH_BYTES);
    return header.toString('utf8');
  } finally {
    closeSync(file);
  }
}
