import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a fit is made of, by name; the Python side reads the same file. */
const PROFILES = new URL('../profiles.json', import.meta.url);

/** Name of an encoder, and the members of the fit's config that aren't its defaults. */
const profileSchema = z.strictObject({ encoder: z.string(), config: z.record(z.string(), z.unknown()) });
export type Profile = z.infer<typeof profileSchema>;

/** What is taken when none is named. */
export const DEFAULT_PROFILE = 'fast';

/** Every profile by its name. */
export function readProfiles(): Readonly<Record<string, Profile>> {
  return z.record(z.string(), profileSchema).parse(JSON.parse(readFileSync(PROFILES, 'utf8')));
}
