import type { BlobStore } from '@retort/images';
import type { Store } from '@retort/store';
import type { HomePaths } from './home.ts';

/** What every stage works with. */
export interface PipelineDeps {
  readonly home: HomePaths;
  readonly store: Store;
  readonly blobs: BlobStore;
  /** Folder of the prompt files. */
  readonly promptsDir: string;
  /** UTC now; the only clock of the stages. */
  readonly now: () => Date;
}
