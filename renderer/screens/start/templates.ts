import { type TextKey, t } from '../../text/text.svelte.ts';

const DESCRIBED: Record<string, TextKey> = {
  'rnncell-shapes': 'start_template_rnncell_shapes',
  'rnn-shapes': 'start_template_rnn_shapes',
  'hello-rnncell': 'start_template_hello_rnncell',
  'hello-rnn': 'start_template_hello_rnn',
  'reverse-words': 'start_template_reverse_words',
  'delayed-echo': 'start_template_delayed_echo',
  names: 'start_template_names',
  brackets: 'start_template_brackets',
};

/** What a template shows, in one sentence; null for a template that the window does not know. */
export function templateText(name: string): string | null {
  const key = DESCRIBED[name];
  return key ? t(key) : null;
}
