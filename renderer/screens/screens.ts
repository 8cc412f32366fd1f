/** The screens of the project window: the one list that the rail and the window read. */
import type { Component } from 'svelte';
import type { IconName } from '../components/icons.ts';
import type { ScreenName } from '../state/shell.svelte.ts';
import DataScreen from './data/DataScreen.svelte';
import ExportScreen from './export/ExportScreen.svelte';
import InspectEntry from './inspect/InspectEntry.svelte';
import ModelScreen from './model/ModelScreen.svelte';
import TrainScreen from './train/TrainScreen.svelte';

export const screens = {
  data: { icon: 'data', component: DataScreen },
  model: { icon: 'model', component: ModelScreen },
  train: { icon: 'train', component: TrainScreen },
  inspect: { icon: 'inspect', component: InspectEntry },
  export: { icon: 'export', component: ExportScreen },
} satisfies Record<ScreenName, { icon: IconName; component: Component }>;
