import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintImage } from '@retort/images';
import { FINGERPRINT } from '@retort/schema';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createImageInspector } from '../../../packages/pipeline/src/audit/inspect-image.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { sampleImage } from '../pipeline-bed.ts';

const PICTURE = sampleImage('glide_normal_001.jpg');

describe('createImageInspector', () => {
  it('has the fingerprint of a picture beside the file that names it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'copy.webp'), await sharp(PICTURE).webp({ quality: 90 }).toBuffer());
    const images = createImageInspector({ workingDir: folder, imagesDir: null });
    const { fingerprint, problem, width } = await images.inNamedFile('copy.webp', join(folder, 'train.json'));
    expect({ problem, width }).toEqual({ problem: null, width: 512 });
    expect(fingerprint).toEqual(await fingerprintImage(join(folder, 'copy.webp')));
    expect(fingerprint).toHaveLength(FINGERPRINT.bytes);
  });

  it('has none of a picture with its end missing, or of no picture', async () => {
    const folder = temporaryFolder();
    const whole = await sharp(PICTURE).jpeg().toBuffer();
    writeFileSync(join(folder, 'half.jpg'), whole.subarray(0, whole.length / 2));
    const images = createImageInspector({ workingDir: folder, imagesDir: null });
    for (const path of ['half.jpg', 'gone.jpg']) {
      const inspected = await images.inNamedFile(path, join(folder, 'train.json'));
      expect(inspected.fingerprint).toBeNull();
      expect(inspected.problem).toContain(path);
    }
  });
});
