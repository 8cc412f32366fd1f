import { createSubscriber } from 'svelte/reactivity';
import { type ChartColours, readChartColours } from './chart-colours.ts';

/** Notified when the theme of the page changes, by the user's choice or with the system. */
const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/** The current chart colours of the page. An effect or template that reads them runs again when they change. */
export function pageColours(): ChartColours {
  subscribe();
  return readChartColours(getComputedStyle(document.documentElement));
}
