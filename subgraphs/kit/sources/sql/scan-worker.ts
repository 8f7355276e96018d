import { parentPort, workerData } from 'node:worker_threads';
import type { ScanAnswer, ScanRequest } from './scan-thread.ts';
import { SqliteReader } from './sqlite-reader.ts';

// The other side of `ScanThread`: answers each request in turn, and opens the file with the first.
const { path } = workerData as { path: string };
let reader: SqliteReader | undefined;

parentPort?.on('message', ({ sql, parameters }: ScanRequest) => {
  parentPort?.postMessage(answer(sql, parameters));
});

function answer(sql: string, parameters: ScanRequest['parameters']): ScanAnswer {
  try {
    reader ??= new SqliteReader(path, 5000);
    return { rows: reader.all(sql, parameters) };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}
