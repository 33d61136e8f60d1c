export { HubError, HubUsageError } from './errors.ts';
export type { HubAccess } from './hub-access.ts';
export type { LocalFile } from './local-file.ts';
export { type PushOptions, type PushResult, pushFiles } from './push-files.ts';
