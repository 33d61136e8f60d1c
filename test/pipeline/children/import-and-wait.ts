import { createPipelineDeps, importDataset } from '@retort/pipeline';
import { runPlanSchema } from '@retort/schema';

// Imports and stands still after the first rows were committed: there to be killed.
const [home = '', plan = ''] = process.argv.slice(2);
const deps = createPipelineDeps({ home, promptsDir: '/' });
await importDataset(deps, runPlanSchema.parse(JSON.parse(plan)), (rows) => {
  process.stdout.write(`${rows}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
