/** Numbers of a run as text, with every digit. */
import { shortestFloat32 } from '../../engine/formats/float32.ts';
import { formatExact } from './format.ts';

/** The shortest text that reads back to the same number: as float32 if the number is one, else as double. */
export function exactText(value: number): string {
  if (Number.isFinite(value) && Math.fround(value) === value) return formatExact(shortestFloat32(value));
  return formatExact(value);
}
