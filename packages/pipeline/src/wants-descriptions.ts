/** Whether a fit with this config learns from the teacher's descriptions of its train rows as well. */
export function learnsFromDescriptions(config: object): boolean {
  const weight = 'description_weight' in config ? config.description_weight : 0;
  return typeof weight === 'number' && weight > 0;
}

/** Whether settings of `tune`, a list or a grid as the user wrote them, say anything of descriptions. */
export function triesDescriptions(settings: unknown): boolean {
  return [settings]
    .flat()
    .some((setting) => typeof setting === 'object' && setting !== null && 'description_weight' in setting);
}
