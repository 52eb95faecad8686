// Reading JSON at the border: what does not have the promised shape is refused here, with the place it stands in.

export class ShapeError extends Error {}

export type Json = Record<string, unknown>;

export function record(value: unknown, at = 'body'): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError(at);
  return value as Json;
}

export function text(from: Json, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw new ShapeError(key);
  return value;
}

/** The text, or null where it is null or absent. */
export function textOrNull(from: Json, key: string): string | null {
  return from[key] == null ? null : text(from, key);
}

/** A whole number that JavaScript holds exactly. */
export function whole(from: Json, key: string): number {
  const value = from[key];
  if (!Number.isSafeInteger(value)) throw new ShapeError(key);
  return value as number;
}

/** True only where it says so. */
export function flag(from: Json, key: string): boolean {
  return from[key] === true;
}

/** The list read one by one; an absent one is empty. */
export function list<T>(from: Json, key: string, read: (value: unknown) => T): T[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new ShapeError(key);
  return value.map(read);
}

export function texts(from: Json, key: string): string[] {
  return list(from, key, String);
}
