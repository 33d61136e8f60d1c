import { join } from 'node:path';

/** Folders of a home: everything a run keeps. */
export interface HomePaths {
  readonly dir: string;
  readonly blobs: string;
  readonly features: string;
  readonly corpora: string;
  readonly training: string;
  readonly tunedStages: string;
  readonly queue: string;
  /** Reports and working lists of one run. */
  run(runId: string): string;
}

export function homePaths(dir: string): HomePaths {
  return {
    dir,
    blobs: join(dir, 'blobs'),
    features: join(dir, 'features'),
    corpora: join(dir, 'corpora'),
    training: join(dir, 'training'),
    tunedStages: join(dir, 'tuned-stages'),
    queue: join(dir, 'queue'),
    run: (runId) => join(dir, 'runs', runId),
  };
}
