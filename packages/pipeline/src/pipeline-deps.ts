import type { BlobStore } from '@retort/images';
import type { Store } from '@retort/store';
import type { PriceQuote } from '@retort/teacher';
import type { HomePaths } from './home.ts';

/** What every stage works with. */
export interface PipelineDeps {
  readonly home: HomePaths;
  readonly store: Store;
  readonly blobs: BlobStore;
  /** Folder of the prompt files. */
  readonly promptsDir: string;
  /** What the user says a call to the run's teacher costs; null leaves it to the table of prices. */
  readonly priceOverride: PriceQuote | null;
  /** UTC now; the only clock of the stages. */
  readonly now: () => Date;
}
