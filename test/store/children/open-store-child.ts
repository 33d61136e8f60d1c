import { once } from 'node:events';
import { openStore } from '@retort/store';

// Opens the homes named by its arguments, each when it is told to: the race is on as often as there are homes.
for (const home of process.argv.slice(2)) {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  openStore(home).close();
}
process.exit(0);
