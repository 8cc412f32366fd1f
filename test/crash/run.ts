/** `npm run test:crash [-- SEED [ROUNDS]]`: the crash drill in full. */
import { runDrill } from './drill.ts';

const [seed = 2026, rounds = 200] = process.argv.slice(2).map(Number);
console.log(`The crash drill: ${rounds} kills from seed ${seed}`);
await runDrill({ seed, rounds, report: console.log });
console.log(`All ${rounds} passed`);
