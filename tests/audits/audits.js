// Every audit of graphql-http, asked of `tributary serve` as a process. Anything but `ok` fails, whether the audit says
// MUST, SHOULD or MAY, and so does another number of audits: a new one is looked at before it counts.
//
//     node audits.js PROGRAM

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serverAudits } from "graphql-http";

/** The audits of the version that package.json names. */
const EXPECTED = 61;

/** Longest that the program may take to listen, and to end. */
const LONG = 20_000;

/** Starts the program on a free port; the process, its URL, and what it writes to its log. */
async function start(program) {
  const schema = fileURLToPath(new URL("schema.graphql", import.meta.url));
  const child = spawn(program, ["serve", schema, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  child.stderr.on("data", (text) => log.push(text));
  const line = await Promise.race([
    once(createInterface(child.stdout), "line", { signal: AbortSignal.timeout(LONG) }).then(([text]) => text),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${program} ended with ${code}\n${log.join("")}`))),
  ]);
  const url = /http:\S+?\/graphql/.exec(line)?.[0];
  if (!url) throw new Error(`no address in: ${line}`);
  return { child, url, log };
}

/** The results that are not `ok`. */
async function failed(audits) {
  const results = [];
  for (const audit of audits) results.push(await audit.fn());
  return results.filter((result) => result.status !== "ok");
}

const [program] = process.argv.slice(2);
const { child, url, log } = await start(program);
try {
  const audits = serverAudits({ url });
  const wrong = await failed(audits);
  for (const { id, name, reason, response } of wrong) {
    console.error(`${id} ${name}: ${reason}\n     ${response.status} ${await response.text().catch(() => "")}`);
  }
  if (audits.length !== EXPECTED) {
    console.error(`there are ${audits.length} audits and not ${EXPECTED}`);
    process.exitCode = 1;
  }
  if (wrong.length > 0) process.exitCode = 1;
  console.log(`${audits.length - wrong.length} of ${audits.length} audits of GraphQL over HTTP are ok`);
} finally {
  const ended = once(child, "exit", { signal: AbortSignal.timeout(LONG) });
  child.kill();
  await ended;
  if (process.exitCode) console.error(log.join(""));
}
