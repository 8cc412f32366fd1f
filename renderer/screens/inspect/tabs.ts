/** The tabs of Inspect: the one list that its bar and the screen read. */
import type { Component } from 'svelte';
import type { TabName } from '../../state/cursor.svelte.ts';
import GradientsTab from './gradients/GradientsTab.svelte';
import type { InspectState } from './inspect-state.svelte.ts';
import PathTab from './path/PathTab.svelte';
import StepTab from './step/StepTab.svelte';
import TimeTab from './time/TimeTab.svelte';
import TryTab from './try/TryTab.svelte';
import WeightsTab from './weights/WeightsTab.svelte';

export const tabs = {
  step: { component: StepTab, hasSample: true },
  time: { component: TimeTab, hasSample: true },
  gradients: { component: GradientsTab, hasSample: true },
  path: { component: PathTab, hasSample: true },
  weights: { component: WeightsTab, hasSample: false },
  try: { component: TryTab, hasSample: true },
} satisfies Record<
  TabName,
  {
    component: Component<{ inspect: InspectState }>;
    /** Whether the tab is about the chosen sample. */
    hasSample: boolean;
  }
>;
