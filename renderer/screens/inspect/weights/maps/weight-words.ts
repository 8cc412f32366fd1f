/** What weights are called in words. */
import { shownToken } from '../../../../components/invisible.ts';
import { type TextKey, t } from '../../../../text/text.svelte.ts';
import type { InspectState } from '../../inspect-state.svelte.ts';
import { type AxisKind, bandOf, type FoundWeight, type WeightGroup } from './weight-groups.ts';

/** `lstm`, `gru l1 ←`, `head`: a group in a list of choices. */
export function groupLabel(id: string, place: WeightGroup['place'], { model }: InspectState): string {
  if (!model || place === null) return id;
  const layer = model.numLayers > 1 ? ` l${place.layer}` : '';
  const direction = model.bidirectional ? (place.reverse ? ' ←' : ' →') : '';
  return `${model.cell}${layer}${direction}`;
}

export function groupPhrase({ id, place, bands }: WeightGroup, inspect: InspectState): string {
  if (place === null) return t(`inspect_weights_of_${id}` as TextKey);
  const where = inspect.directionName(place) || t('inspect_layer_n', { layer: place.layer });
  return bands.length > 1 ? t('inspect_weights_banded', { where }) : where;
}

/** `input gate of unit 12, from h of unit 3` */
export function weightPhrase({ group, block, row, column }: FoundWeight, { model }: InspectState): string {
  const of = rowWords({ group, block, row }, model?.cell ?? '');
  if (block.columnKind === 'bias') return of;
  const from = t(`inspect_weights_from_${fromKind(block.columnKind)}`, {
    name: shownToken(block.columnNames[column] ?? '').text,
  });
  return t('inspect_weights_of_from', { of, from });
}

const fromKind = (kind: AxisKind) => (kind === 'bias' || kind === 'direction' ? 'unit' : kind);

/** `forget`: what a gate is for; the plain cell's own name. */
export function gateWord(cell: string, gate: string | null): string {
  return t(`inspect_gate_${cell}_${gate}` as TextKey);
}

function rowWords({ group, block, row }: Pick<FoundWeight, 'group' | 'block' | 'row'>, cell: string): string {
  const name = shownToken(block.rowNames[row] ?? '').text;
  if (block.rowKind === 'direction') return t('inspect_weights_state_row', { row });
  if (block.rowKind === 'token')
    return t(group.id === 'embedding' ? 'inspect_weights_embedded' : 'inspect_weights_logit', { name });
  const band = bandOf(group, row);
  if (group.bands.length < 2) return t('inspect_weights_unit', { name });
  const gate = gateWord(cell, band.gate);
  return t('inspect_weights_gate_of', { gate, unit: row - band.start });
}
