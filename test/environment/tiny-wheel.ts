import { execFileSync } from 'node:child_process';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** Makes the wheel of a package with one module and nothing else, made for these tests. */
const MAKE_WHEEL = `
import sys, zipfile
info = "retort_tiny-1.0.dist-info"
files = {
    "retort_tiny.py": "GREETING = 'hello'\\n",
    f"{info}/METADATA": "Metadata-Version: 2.1\\nName: retort-tiny\\nVersion: 1.0\\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(sys.argv[1] + "/retort_tiny-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;

/** Requirements that pip can meet without a network: a tiny package from a folder. */
export function tinyRequirements(python: string): string {
  const folder = temporaryFolder();
  execFileSync(python, ['-c', MAKE_WHEEL, folder]);
  return `--no-index\n--find-links "${folder}"\nretort-tiny==1.0\n`;
}
