import './styles/tokens.css';
import './styles/app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connectLab, hostTransport } from './lab.ts';
import { shownTheme } from './state/theme.svelte.ts';

// The user's own choice comes with the lab's answer; until then the empty page has the system's theme.
document.documentElement.dataset.theme = shownTheme({ theme: null });

mount(App, { target: document.getElementById('app')!, props: { connection: connectLab(hostTransport()) } });
