import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole runs of the program come first, the longest file before all: nobody waits for one of them alone at the end. */
class WholeRunsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a.moduleId) - rank(b.moduleId));
  }
}

function rank(file: string): number {
  if (file.endsWith('/e2e/main-job.test.ts')) return 0;
  return file.includes('/e2e/') ? 1 : 2;
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Integration and e2e tests start real servers and children; a unit test never comes near this.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // Tests of a file in any order: none may lean on another.
    sequence: { shuffle: { files: false, tests: true }, sequencer: WholeRunsFirst },
  },
});
