export {
  type EnvironmentOptions,
  type EnvironmentSpec,
  ensureEnvironment,
  environmentFolder,
  libraryOf,
  PythonSetupError,
  readRequirements,
} from './ensure-environment.ts';
export { findPython, MINIMUM_PYTHON, type Python, PythonMissingError } from './find-python.ts';
export { type LaunchOptions, launch } from './launch.ts';
