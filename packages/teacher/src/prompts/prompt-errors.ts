import { RetortError } from '@retort/schema';

/** A prompt file that breaks a rule of `prompts/README.md`. */
export class PromptInvalidError extends RetortError {
  readonly code = 'prompt-invalid';
  readonly file: string;
  constructor(file: string, problem: string, options?: { cause?: unknown }) {
    super(`${file}: ${problem}`, options);
    this.file = file;
  }
}

export class PromptNotFoundError extends RetortError {
  readonly code = 'prompt-not-found';
  readonly promptId: string;
  constructor(promptId: string, known: readonly string[]) {
    super(`There is no prompt ${promptId}; there are: ${known.join(', ') || 'none'}.`);
    this.promptId = promptId;
  }
}

export class MissingVariableError extends RetortError {
  readonly code = 'prompt-missing-variable';
  readonly variables: readonly string[];
  constructor(promptId: string, variables: readonly string[]) {
    super(
      `Prompt ${promptId} needs ${variables.join(', ')}: pass them, or take them out of its front matter.`,
    );
    this.variables = variables;
  }
}

export class UnknownVariableError extends RetortError {
  readonly code = 'prompt-invalid';
  readonly variables: readonly string[];
  constructor(promptId: string, variables: readonly string[]) {
    super(
      `Prompt ${promptId} doesn't use ${variables.join(', ')}: don't pass them, or declare them in its front matter.`,
    );
    this.variables = variables;
  }
}
