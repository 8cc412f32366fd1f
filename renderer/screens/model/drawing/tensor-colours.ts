/** One colour for each weight, the same in the drawing, in the table and in the texts beside them. */
import { type DataSizes, type ModelSpec, parameterShapes } from '../../../../engine/model/spec.ts';

/** Neighbours must not look alike; the head's colour is not among these. */
const order = [6, 8, 3, 2, 1, 5, 7, 9];
const HEAD = 4;
const EMBEDDING = 10;

export type TensorColours = (key: string) => string;

/** A bias has its weight's colour, paler. From the ninth recurrent weight on, the colours repeat. */
export function tensorColours(model: ModelSpec, sizes: DataSizes): TensorColours {
  const keys = parameterShapes(model, sizes).map(({ key }) => key);
  const recurrent = keys.filter((key) => key.startsWith('rnn.weight_'));
  const places = new Map(recurrent.map((key, i) => [key, order[i % order.length]!]));
  return (key) => {
    const weight = key.replace('.bias', '.weight');
    const run = weight.startsWith('embedding')
      ? EMBEDDING
      : weight === 'head.weight'
        ? HEAD
        : places.get(weight);
    if (run === undefined) return 'var(--text-3)';
    const colour = `var(--run-${run})`;
    return key === weight ? colour : `color-mix(in oklab, ${colour} 55%, var(--panel))`;
  };
}
