import { ensureEnvironment, findPython } from '@retort/environment';

// Makes an environment from an index that never answers: there to be killed in the middle.
const [cacheDir = '', requirements = ''] = process.argv.slice(2);
const python = await findPython();
const spec = { name: 'endless', requirements };
await ensureEnvironment(spec, {
  cacheDir,
  python,
  onInstall: (folder) => process.stdout.write(`${folder}\n`),
});
