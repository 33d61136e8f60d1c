import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTunedStages } from '@retort/scorer';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { baseRevision, safetensorsFile, tunedStagesFile } from '../fixtures/tuned-stages-file.ts';

function fileOf(content: string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, content);
  return path;
}

describe('readTunedStages', () => {
  it('says which encoder reads the stages, and whose they are', () => {
    const { base, encoder_revision: revision } = readTunedStages(tunedStagesFile('00ff'));
    expect(base).toMatchObject({ encoder: 'embedded', image: baseRevision() });
    expect(revision.image).toBe(`${baseRevision()}.tuned-00ff`);
  });

  it.each([
    ['an empty file', () => fileOf('')],
    ['a folder', () => temporaryFolder()],
    ['words', () => fileOf('these are no stages, but words')],
    ['a header that is no JSON', () => fileOf(`\u0004${'\0'.repeat(7)}abcd`)],
    ['another safetensors file', () => safetensorsFile({ retort_scorer: '{}' })],
    [
      'a revision that would be a path',
      () =>
        safetensorsFile({
          tuned_stages: JSON.stringify({
            encoder_revision: { image: '../../etc', text: 'a' },
            base: { encoder: 'embedded', image: baseRevision() },
          }),
        }),
    ],
  ])('refuses %s', (_case, file) => {
    expect(() => readTunedStages(file())).toThrow(/holds no tuned stages: pass a file/);
  });

  it('refuses stages of another version of the encoder', () => {
    expect(() => readTunedStages(tunedStagesFile('00ff', 'lite2.v0'))).toThrow(
      /was tuned on the encoder lite2\.v0, this program has embedded-image/,
    );
  });
});
