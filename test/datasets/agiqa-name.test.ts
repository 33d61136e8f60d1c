import { describe, expect, it } from 'vitest';
import { parseAgiqaName } from '../../packages/datasets/src/index.ts';

describe('parseAgiqaName', () => {
  it.each([
    ['AttnGAN_normal', 'AttnGAN'],
    ['DALLE2_normal', 'DALLE2'],
    ['glide_normal', 'glide'],
    ['midjourney_lowstep', 'midjourney'],
    ['midjourney_normal', 'midjourney'],
    ['sd1.5_highcorr', 'sd1.5'],
    ['sd1.5_lowcorr', 'sd1.5'],
    ['sd1.5_lowstep', 'sd1.5'],
    ['sd1.5_normal', 'sd1.5'],
    ['xl2.2_normal', 'xl2.2'],
  ])('reads %s as a setting of %s', (generatorSetting, generator) => {
    expect(parseAgiqaName(`${generatorSetting}_042.jpg`)).toEqual({
      generator,
      generatorSetting,
      imagePromptNumber: '042',
    });
  });

  it.each(['cat.jpg', 'sd1.5_normal.jpg', 'sd1.5_042.jpg', 'sd1.5_normal_42.jpg', '_normal_042.jpg', ''])(
    'finds nothing in %j',
    (name) => {
      expect(parseAgiqaName(name)).toBeNull();
    },
  );
});
