/** Numbers of a run as text, with every digit. */
import { shortestFloat32 } from '../../../engine/formats/float32.ts';
import { formatExact } from '../../text/format.ts';

/** The shortest text that reads back to the same number: of a float32, as float32; of a double, as double. */
export function exactText(value: number): string {
  if (Number.isFinite(value) && Math.fround(value) === value) return formatExact(shortestFloat32(value));
  return formatExact(value);
}
