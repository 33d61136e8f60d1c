import { stripVTControlCharacters } from 'node:util';

/** A text of others for the terminal: its lines stay, whatever else could steer the terminal goes. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]+/gu, ' ');
}
