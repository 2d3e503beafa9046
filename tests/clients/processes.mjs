// The programs of node_modules/.bin, run to their end in this folder.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const execute = promisify(execFile);

/** Runs one, with `environment` beside what is there; one that fails is an error that tells what it said. */
export async function tool(name, parameters, environment = {}) {
  try {
    await execute(`node_modules/.bin/${name}`, parameters, { cwd: HERE, env: { ...process.env, ...environment } });
  } catch (failed) {
    throw new Error(`${name} failed:\n${failed.stdout}${failed.stderr}`);
  }
}

/** What a program of node prints. */
export async function node(...parameters) {
  const { stdout } = await execute(process.execPath, parameters, { cwd: HERE });
  return stdout;
}
