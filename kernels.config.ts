/**
 * `npm run build:kernels`: compiles engine/kernels/wasm/*.ts to one WebAssembly module and writes it as text that
 * source and bundles import alike. The text is committed, so that running from source needs no build; a test holds it
 * against a fresh one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const root = import.meta.dirname;
export const generatedPath = join(root, 'engine/kernels/wasm-module.generated.ts');

/** Their exports are the module's. */
const entries = ['training', 'serve', 'checks'].map((name) => `engine/kernels/wasm/${name}.ts`);

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--disableWarning', '201'],
  ...['--enable', 'relaxed-simd', '--enable', 'threads'],
  // The host makes the memory, of the size that it has planned; the module's constants come first in it.
  ...[
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--memoryBase',
    '64',
  ],
];

/**
 * The module's bytes. `randomWaits` makes a second one, for tests alone, whose threads wait at random wherever one may
 * overtake another (engine/kernels/wasm/threads.ts), so that what they do not rightly share shows on any machine.
 */
export async function compileModule({
  randomWaits,
}: {
  randomWaits: boolean;
}): Promise<Uint8Array<ArrayBuffer>> {
  let binary = new Uint8Array();
  const constants = ['--use', `randomWaits=${randomWaits ? 1 : 0}`];
  const { error, stderr } = await main(
    [...entries, ...options, ...constants, '--outFile', 'module.wasm', '--baseDir', root],
    {
      writeFile: (name, contents) => {
        if (name === 'module.wasm') binary = Uint8Array.from(contents as Uint8Array);
      },
    },
  );
  if (error) throw new Error(`the kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return binary;
}

/** The text of the generated file: the module that ships. */
export async function compileKernels(): Promise<string> {
  const binary = await compileModule({ randomWaits: false });
  return [
    '/** Made by `npm run build:kernels` from engine/kernels/wasm/*.ts. */',
    `export const wasmModule = '${Buffer.from(binary).toString('base64')}';\n`,
  ].join('\n');
}

if (import.meta.main) writeFileSync(generatedPath, await compileKernels());
