import type { SQLInputValue } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadAnswer } from '../../../thread.ts';
import type { Values } from '../engine.ts';
import { SqliteReader } from './reader.ts';

/** A statement for the thread that scans. */
export interface Scan {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

// The other side of `openSqlite`'s thread: runs each statement in turn, and opens the file with the first.
const { path } = workerData as { path: string };
let reader: SqliteReader | undefined;

parentPort?.on('message', (scan: Scan) => parentPort?.postMessage(answer(scan)));

function answer({ sql, parameters }: Scan): ThreadAnswer<readonly Values[]> {
  try {
    reader ??= new SqliteReader(path, 5000);
    return { answer: reader.all(sql, parameters) };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}
