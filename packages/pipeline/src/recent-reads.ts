/**
 * `read` that remembers what it read last: the requests about one image come one after another, and its bytes are then read
 * once. A read that failed is forgotten.
 *
 * @param size keys that are remembered; with images of 60 KB, 64 of them are 4 MB
 */
export function rememberRecent<T>(
  read: (key: string) => Promise<T>,
  size: number,
): (key: string) => Promise<T> {
  const recent = new Map<string, Promise<T>>();
  return (key) => {
    const known = recent.get(key);
    if (known !== undefined) return known;
    const reading = read(key);
    recent.set(key, reading);
    reading.catch(() => recent.delete(key));
    const [oldest] = recent.keys();
    if (recent.size > size && oldest !== undefined) recent.delete(oldest);
    return reading;
  };
}
