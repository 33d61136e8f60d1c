import { runningCoordinator } from '@retort/store';

// Looks at the home named by its argument as fast as it can, as many `distill status` at once would.
process.stdout.write('looking\n');
for (;;) runningCoordinator(process.argv[2] ?? '');
