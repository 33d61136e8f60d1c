/** What a file name of AGIQA-3K says: `sd1.5_lowstep_042.jpg` is image prompt 042 drawn by `sd1.5` in `sd1.5_lowstep`. */
export interface AgiqaName {
  /** The text-to-image model. */
  readonly generator: string;
  /** The model with its setting, as the dataset spells it. */
  readonly generatorSetting: string;
  /** Number of the image prompt, with its leading zeros. */
  readonly imagePromptNumber: string;
}

/**
 * AGIQA-3K's settings: `normal` for all six models, and what was varied for two of them. Six models, ten settings.
 * Source: the file names of AGIQA-3K's data.csv (checked 2026-11-23).
 */
const SETTINGS = ['normal', 'lowstep', 'lowcorr', 'highcorr'];

const NAME = new RegExp(`^(?<setting>(?<generator>.+)_(?:${SETTINGS.join('|')}))_(?<number>\\d{3})\\.[^.]+$`);

/** Reads the parts of an AGIQA-3K file name, without its folders; null for a name of another shape. */
export function parseAgiqaName(fileName: string): AgiqaName | null {
  const groups = NAME.exec(fileName)?.groups;
  const { generator, setting, number } = groups ?? {};
  if (generator === undefined || setting === undefined || number === undefined) return null;
  return { generator, generatorSetting: setting, imagePromptNumber: number };
}
