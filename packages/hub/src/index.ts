export type { HubAccess } from './hub-access.ts';
export type { LocalFile } from './local-file.ts';
export { type PushResult, pushFiles } from './push-files.ts';
