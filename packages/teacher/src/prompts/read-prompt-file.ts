import { readFile } from 'node:fs/promises';
import { type ContentHash, type RequestAspect, requestAspectSchema, sha256 } from '@retort/schema';
import { parse } from 'yaml';
import type { z } from 'zod';
import { PromptInvalidError } from './prompt-errors.ts';

/** Where a prompt file stands in its folder, which is also its identity. */
export interface PromptFileName {
  /** `quality/label-aware.v1` */
  readonly id: string;
  /** The folder: an aspect, or `all` for prompts about several. */
  readonly aspect: RequestAspect;
  /** `blind`, `label-aware`, `student` */
  readonly name: string;
  /** Counted from 1. */
  readonly version: number;
}

export interface PromptFile {
  /** Parsed YAML, not yet checked. */
  readonly frontMatter: unknown;
  /** The words after the front matter, without the line breaks around them. */
  readonly text: string;
  /** Of the whole file. */
  readonly hash: ContentHash;
}

/** Identity from `<aspect>/<file name>`. @throws PromptInvalidError for another shape of name. */
export function parsePromptFileName(relativePath: string): PromptFileName {
  const match = /^([^/]+)\/(([a-z0-9-]+)\.v([1-9]\d*))\.md$/.exec(relativePath);
  const [, folder, stem, name, version] = match ?? [];
  if (stem === undefined || name === undefined || version === undefined) {
    throw new PromptInvalidError(relativePath, 'a prompt is named <aspect>/<name>.v<N>.md, with N from 1.');
  }
  const aspect = requestAspectSchema.safeParse(folder);
  if (!aspect.success) {
    throw new PromptInvalidError(
      relativePath,
      `${folder} is no aspect; there are: ${requestAspectSchema.options.join(', ')}.`,
    );
  }
  return { id: `${aspect.data}/${stem}`, aspect: aspect.data, name, version: Number(version) };
}

/** Reads one file and takes its front matter apart. @throws PromptInvalidError without readable front matter. */
export async function readPromptFile(path: string): Promise<PromptFile> {
  const bytes = await readFile(path);
  const content = bytes.toString('utf8');
  const match = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)([\s\S]*)$/.exec(content);
  if (match === null) {
    throw new PromptInvalidError(path, 'a prompt starts with front matter between two lines of ---.');
  }
  return { frontMatter: parseYaml(path, match[1] ?? ''), text: (match[2] ?? '').trim(), hash: sha256(bytes) };
}

/** Front matter in the shape of `schema`. @throws PromptInvalidError that names each wrong member. */
export function checkFrontMatter<T>(path: string, frontMatter: unknown, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(frontMatter);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || 'front matter'}: ${issue.message}`,
  );
  throw new PromptInvalidError(path, problems.join('; '));
}

function parseYaml(path: string, source: string): unknown {
  try {
    return parse(source);
  } catch (cause) {
    throw new PromptInvalidError(path, 'its front matter is no YAML.', { cause });
  }
}
