import { launch } from '@retort/environment';

// Starts `sleep` through the launcher and prints its process; then waits to be killed.
const [python = '', lockFile = ''] = process.argv.slice(2);
const child = launch({
  python,
  program: 'sleep',
  args: ['1000'],
  lockFile,
  stdio: ['pipe', 'ignore', 'inherit'],
});
process.stdout.write(`${child.pid}\n`);
