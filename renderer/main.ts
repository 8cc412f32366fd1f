import './styles/tokens.css';
import './styles/app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { connectLab, hostTransport } from './lab.ts';

mount(App, { target: document.getElementById('app')!, props: { connection: connectLab(hostTransport()) } });
