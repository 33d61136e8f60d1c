import { once } from 'node:events';
import { lockHome } from '@retort/store';

// Holds the lock of the home named by its argument until it is told to go, or killed.
const lock = lockHome(process.argv[2] ?? '', process.pid);
process.stdout.write('held\n');
await once(process.stdin, 'data');
lock.release();
process.stdout.write('released\n');
process.exit(0);
