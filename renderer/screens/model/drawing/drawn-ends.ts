/** What the drawing shows at its ends and at its side: tokens, predictions, names, shapes. */
import type { Draft } from '../../../../engine/data/draft.ts';
import { splitTokens } from '../../../../engine/data/tokens.ts';
import { indexTokens } from '../../../../engine/data/vocabulary.ts';
import { shapeText } from '../../../../engine/formats/tensor-text.ts';
import type { ExperimentDocument } from '../../../../engine/model/experiment.ts';
import { type Rehearsal, rehearse } from '../../../../engine/model/rehearsal.ts';
import { cellTitle, directions } from '../../../../engine/model/spec.ts';
import type { Example } from '../example.ts';
import type { Layout, LayoutRow } from './layout.ts';
import type { DrawnNetwork } from './network-graph.ts';

export interface DrawnEnds {
  /** By time step, from 0; null: the input is numbers. */
  input: { token: string; index: number | null }[] | null;
  /**
   * One token per step, or one label; empty before the network has said anything about this input; null:
   * numbers.
   */
  said: { token: string; right: boolean | null }[] | null;
}

export interface EndsSource {
  draft: Draft;
  example: Example;
  vocabulary: readonly string[];
  /** The dataset of the run on screen. */
  dataset: ExperimentDocument['dataset'] | null;
  /** The run's predictions for its training samples at the moment that is looked at. */
  predictions: readonly string[] | null;
  /** What the run's weights answer to this input; null: not asked yet. */
  answer: readonly string[] | null;
  T: number;
}

/** The output shows what the run says, never what it should say. */
export function drawnEnds({
  draft,
  example,
  vocabulary,
  dataset,
  predictions,
  answer,
  T,
}: EndsSource): DrawnEnds {
  const { task, tokens: unit, unknown } = draft.data;
  if (task === 'shapes') return { input: null, said: null };
  const index = indexTokens([...vocabulary], unknown);
  const input = example.input.slice(0, T).map((token) => ({ token, index: index.get(token) ?? null }));
  if (answer) {
    const isJudged = example.target.some((token) => token !== '');
    const said = answer.map((token, i) => ({ token, right: isJudged ? token === example.target[i] : null }));
    return { input, said: task === 'label' ? said.slice(0, 1) : said.slice(0, T) };
  }
  const { row } = example;
  // Recorded predictions are for the whole input.
  if (T !== example.input.length) return { input, said: [] };
  if (!row || !dataset || dataset.task !== task || !('samples' in dataset)) return { input, said: [] };
  const place = dataset.samples.findIndex((one) => one.input === row.input && one.target === row.target);
  const says = place < 0 ? undefined : predictions?.[place];
  if (says === undefined) return { input, said: [] };
  if (task === 'label') return { input, said: [{ token: says, right: says === row.target }] };
  const said = splitTokens(says, unit).map((token, i) => ({ token, right: token === example.target[i] }));
  return { input, said };
}

/** A name at the left of each line with the shape of its whole tensor, as the module gives it. */
export function drawnRows(
  network: DrawnNetwork,
  layout: Layout,
  rehearsal: Rehearsal,
): { y: number; name: string; shape: string }[] {
  const { model, sizes, reads, T, B } = network;
  const shapes = rehearse(model, sizes, rehearsal);
  const D = directions(model);
  const single = model.numLayers * D === 1;
  const order = (features: number) => shapeText(rehearsal.batchFirst ? [B, T, features] : [T, B, features]);
  const indices = shapeText(rehearsal.batchFirst ? [B, T] : [T, B]);
  const logits = reads === 'last-step' ? shapeText([B, sizes.outputSize]) : order(sizes.outputSize);
  const textOf = (row: LayoutRow): { name: string; shape: string } => {
    switch (row.kind) {
      // Without a head, the module's output has one shape wherever it is named; with a head, logits come
      // out.
      case 'output':
        return model.head === 'none' && reads === 'every-step'
          ? { name: 'output', shape: shapeText(shapes.output) }
          : { name: 'logits', shape: logits };
      case 'head':
        return { name: 'nn.Linear', shape: '' };
      case 'layer': {
        const shape = model.head === 'none' && single ? '' : order(model.hiddenSize);
        if (single)
          return { name: `nn.${cellTitle(model.cell)}${model.call === 'cell' ? 'Cell' : ''}`, shape };
        return { name: `l${row.layer}${D === 1 ? '' : row.reverse ? ' ←' : ' →'}`, shape };
      }
      case 'embedding':
        return { name: 'nn.Embedding', shape: order(model.embedding ?? 0) };
      case 'input':
        return {
          name: 'input',
          shape: model.embedding === null ? shapeText(shapes.input) : indices,
        };
    }
  };
  return layout.rows.map((row) => ({ y: row.y, ...textOf(row) }));
}
