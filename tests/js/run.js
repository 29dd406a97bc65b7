// All unit tests in one process: `node --test tests/js/run.js`. A process for each file, as Node
// starts them by itself, takes longer than its tests.

import { readdirSync } from "node:fs";

for (const name of readdirSync(new URL(".", import.meta.url), { recursive: true }).sort()) {
  if (name.endsWith(".test.js")) await import(`./${name}`);
}
