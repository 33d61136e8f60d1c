/** A number rounded as Python's `round` does, which the consumers' code relies on: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The multiple of `divisor` nearest to `length`, never less than one: `ensure_divide` of MiniCPM-V's processors. */
export function nearestMultiple(length: number, divisor: number): number {
  return Math.max(roundHalfEven(length / divisor) * divisor, divisor);
}
