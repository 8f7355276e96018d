import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

// The thread that `trial.ts` starts: imports modules, waits for what they may have set off, and says that all went well.

/** Long enough for promises that nobody handles, and for what is thrown a moment later. */
const aftermathMs = 100;

for (const path of workerData as readonly string[]) await import(pathToFileURL(path).href);
await delay(aftermathMs);
parentPort?.postMessage('loaded');
