import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Aspect, type Conversation, FIVE_POINT_SCALE, sha256 } from '@retort/schema';
import { buildConversation } from '../../packages/corpus/src/build-conversation.ts';

/** The sample in the repository: real images, ratings and recorded answers. */
export const SAMPLE_DIR = fileURLToPath(new URL('../../packages/datasets/sample', import.meta.url));

interface Recording {
  readonly image: string;
  readonly aspect: Aspect;
  readonly model: string;
  readonly response: string;
}

/** Conversations from a folder in the layout of AGIQA-3K, in the order of a corpus; the answers as they were recorded. */
export async function readAgiqaConversations(dir: string): Promise<readonly Conversation[]> {
  const samples = await readSamples(join(dir, 'data.csv'));
  const lines = (await readFile(join(dir, 'recordings/gemini-1.5-pro.jsonl'), 'utf8')).trim().split('\n');
  // The recordings' fields are described in the sample's README.
  const recordings = lines.map((line) => JSON.parse(line) as Recording);
  recordings.sort((a, b) =>
    a.aspect === b.aspect ? (a.image < b.image ? -1 : 1) : a.aspect < b.aspect ? -1 : 1,
  );
  return recordings.map((recording) => {
    const sample = samples.get(recording.image);
    if (sample === undefined) throw new Error(`no row for ${recording.image}`);
    const mos = recording.aspect === 'quality' ? sample.mosQuality : sample.mosAlign;
    return conversationOf(recording, sample.prompt, mos);
  });
}

function conversationOf(recording: Recording, prompt: string, mos: number): Conversation {
  const setting = recording.image.replace(/_\d+\.jpg$/, '');
  return buildConversation({
    sample: {
      name: recording.image,
      dataset: 'agiqa-3k',
      imagePrompt: prompt,
      generator: setting.split('_')[0] ?? setting,
      generatorSetting: setting,
      imageHash: sha256(recording.image),
      blobHash: sha256(`prepared ${recording.image}`),
      width: 512,
      height: 512,
    },
    aspect: recording.aspect,
    description: recording.response,
    mos,
    scale: FIVE_POINT_SCALE,
    question: `How good is the ${recording.aspect} of this image, made from “${prompt}”?`,
    wordQuestion: 'In one word of bad, poor, fair, good, excellent?',
    provenance: {
      sawLabel: true,
      promptId: `${recording.aspect}/label-aware.v1`,
      teacher: 'replay',
      model: recording.model,
      requestKey: sha256(`${recording.image} ${recording.aspect}`),
    },
  });
}

async function readSamples(csv: string) {
  const [header = [], ...rows] = parseCsv(await readFile(csv, 'utf8'));
  const field = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? '';
  return new Map(
    rows.map((row) => [
      field(row, 'name'),
      {
        prompt: field(row, 'prompt'),
        mosQuality: Number(field(row, 'mos_quality')),
        mosAlign: Number(field(row, 'mos_align')),
      },
    ]),
  );
}

/** Enough of CSV for the file that is committed: quoted fields, no line ends inside them. */
function parseCsv(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
}
