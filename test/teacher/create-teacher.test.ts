import { isTeacherName, TEACHER_NAMES } from '@retort/teacher';
import { describe, expect, it } from 'vitest';

describe('isTeacherName', () => {
  it('knows the registered names and no inherited ones', () => {
    expect(TEACHER_NAMES.every(isTeacherName)).toBe(true);
    expect(['constructor', 'toString', 'gpt', ''].some(isTeacherName)).toBe(false);
  });
});
