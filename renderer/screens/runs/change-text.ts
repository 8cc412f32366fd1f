/** In a few words: how a branch differs from its parent, or what was changed while a run trained. */
import type { LiveSettings } from '../../../engine/api.ts';
import type { BranchChange } from '../../../main/api.ts';
import { formatExact } from '../../text/format.ts';
import { t } from '../../text/text.svelte.ts';
import { optimizerNames } from '../settings/settings.ts';

/** `lr 0.003`. */
export function changeText(change: BranchChange): string {
  switch (change.kind) {
    case 'none':
      return t('train_change_none');
    case 'setting':
      return settingsText(change.settings);
    case 'optimizer':
      return `${optimizerNames[change.optimizer.name]}, lr ${formatExact(change.optimizer.lr)}`;
    case 'data':
      return t('train_change_data');
    case 'seed':
      return t('train_change_seed', { seed: change.seed });
  }
}

/** `lr 0.003, clip off`. */
export function settingsText({ lr, clipGradNorm, epochs, stopWhen }: LiveSettings): string {
  const words: string[] = [];
  if (lr !== undefined) words.push(`lr ${formatExact(lr)}`);
  if (clipGradNorm !== undefined) {
    words.push(
      clipGradNorm === null
        ? t('train_change_clip_off')
        : t('train_change_clip', { norm: formatExact(clipGradNorm) }),
    );
  }
  if (epochs !== undefined) words.push(t('train_change_epochs', { epochs }));
  if (stopWhen !== undefined) words.push(t('train_change_stop_rules'));
  return words.join(', ');
}
