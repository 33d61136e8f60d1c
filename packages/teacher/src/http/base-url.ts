import { TeacherOptionError } from '../teacher-errors.ts';

/**
 * A base address in one form: origin and path, without a slash at the end.
 *
 * @throws TeacherOptionError, without the address in its message: it could hold a password
 */
export function checkBaseUrl(baseUrl: string, service: string, variable: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TeacherOptionError(
      `The base address of ${service} is http://host:port/path or https://…: ${variable} isn't.`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TeacherOptionError(
      `The base address of ${service} has no user, password, query or fragment: take them out of ${variable}.`,
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}
