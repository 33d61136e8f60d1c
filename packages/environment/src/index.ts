export {
  type EnvironmentOptions,
  type EnvironmentSpec,
  ensureEnvironment,
  environmentFolder,
  PythonSetupError,
  readRequirements,
} from './ensure-environment.ts';
export { findPython, MINIMUM_PYTHON, type Python, PythonMissingError } from './find-python.ts';
export { type LaunchOptions, launch } from './launch.ts';
