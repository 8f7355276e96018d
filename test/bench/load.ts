import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Supergraph } from '@apollo/federation-internals';
import { type Answer, Connection, requestBytes } from './connection.ts';
import { cpuSeconds } from './cpu.ts';
import { Engine } from './engine.ts';
import { bodyOf, type Manner } from './manner.ts';
import { answerCalls } from './process.ts';
import { percentile } from './statistics.ts';
import { type ClientRequest, type WorkloadName, workloads } from './workloads.ts';

// The clients, in a process of their own. Every answer is compared as a whole: by its bytes with the answer that the same contestant
// gave to the same request before, whose data has been found equal to what the same records give without a gateway.

/** What one run asks for. */
export interface Run {
  readonly contestant: string;
  readonly url: string;
  readonly workload: WorkloadName | 'whole';
  readonly connections: number;
  /** It ends after this time or this number of requests, and when all have been answered. */
  readonly seconds?: number;
  readonly requests?: number;
  /** Which requests: from this number on, this many, again and again. */
  readonly from?: number;
  readonly count?: number;
  /** Requests per second of all connections together; as many as can be without it. */
  readonly rate?: number;
  /** The process whose CPU time is taken. */
  readonly pid?: number;
  readonly manner?: Manner;
}

/** What a run gave. Times are milliseconds. */
export interface RunResult {
  readonly requests: number;
  /** Requests before the counted ones: one for each connection. */
  readonly before: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  readonly wrong: number;
  readonly samples: readonly string[];
  readonly bytes: number;
}

interface Prepared {
  readonly requests: ClientRequest[];
  readonly expected: unknown[];
  /** What is sent, by manner. */
  readonly sent: Map<string, Buffer[]>;
}

const prepared = new Map<string, Prepared>();
/** The bytes that were found right, by contestant and workload. */
const verified = new Map<string, (Buffer | undefined)[]>();
const idle = new Map<string, Connection[]>();
let monolith: Engine | undefined;

function preparedOf(workload: Run['workload']): Prepared {
  const known = prepared.get(workload) ?? { requests: [], expected: [], sent: new Map() };
  prepared.set(workload, known);
  return known;
}

async function prepare(workload: WorkloadName, from: number, count: number): Promise<void> {
  const { requests, expected } = preparedOf(workload);
  for (let i = from; i < from + count; i++) {
    if (requests[i]) continue;
    const request = workloads[workload].request(i);
    requests[i] = request;
    const result = await monolith?.execute(request.query, request.variables);
    if (result?.errors) throw new Error(`the bench's own data has no answer: ${result.errors[0]?.message}`);
    expected[i] = JSON.parse(JSON.stringify(result));
  }
}

/** These requests as they are sent in a manner. */
function sentOf({ requests, sent }: Prepared, manner: Manner, from: number, count: number): Buffer[] {
  const key = JSON.stringify(manner);
  const bytes = sent.get(key) ?? [];
  sent.set(key, bytes);
  for (let i = from; i < from + count; i++) {
    bytes[i] ??= requestBytes(bodyOf(requests[i] as ClientRequest, manner), manner.authorization);
  }
  return bytes;
}

async function run(order: Run): Promise<RunResult> {
  const { workload, from = 0, connections, url, contestant } = order;
  const known = preparedOf(workload);
  const { expected } = known;
  const count = order.count ?? (workload === 'whole' ? known.requests.length : workloads[workload].count);
  if (workload !== 'whole') await prepare(workload, from, count);
  const bytes = sentOf(known, order.manner ?? {}, from, count);
  const key = `${contestant} ${workload}`;
  const right = verified.get(key) ?? [];
  verified.set(key, right);
  const samples: string[] = [];
  let wrong = 0;

  function check(i: number, answer: Answer | Error): void {
    if (!(answer instanceof Error)) {
      const { status, body } = answer;
      const known = right[i];
      if (status === 200 && known?.equals(body)) return;
      if (status === 200 && isDeepStrictEqual(parsed(body), expected[i])) {
        right[i] = Buffer.from(body);
        return;
      }
    }
    wrong += 1;
    const told = answer instanceof Error ? answer.message : `${answer.status} ${answer.body.toString().slice(0, 300)}`;
    if (samples.length < 3) samples.push(`request ${i}: ${told}`);
  }

  let next = 0;
  const ask = (connection: Connection) =>
    new Promise<Answer | Error>((resolve) => {
      const i = from + (next++ % count);
      connection.send(bytes[i] as Buffer, (answer) => {
        check(i, answer);
        resolve(answer);
      });
    });

  // Two runs at the same time have their own connections.
  const open = idle.get(`${url} ${workload}`) ?? [];
  idle.set(`${url} ${workload}`, open);
  while (open.length < connections) open.push(new Connection(url));
  const used = open.slice(0, connections);
  // Connections are opened before what is counted; but unseen operations are to stay unseen, and what a disturbance does to the
  // first requests counts, too.
  const before = order.requests === undefined && order.rate === undefined ? connections : 0;
  if (before > 0) await Promise.all(used.map(ask));

  const latencies: number[] = [];
  let size = 0;
  const began = performance.now();
  const until = order.seconds === undefined ? Number.POSITIVE_INFINITY : began + order.seconds * 1000;
  const most = order.requests ?? Number.POSITIVE_INFINITY;
  const cpu = order.pid === undefined ? 0 : cpuSeconds(order.pid);
  let sent = 0;

  await Promise.all(used.map((connection, n) => new Promise<void>((done) => client(connection, n, done))));
  const seconds = (performance.now() - began) / 1000;
  const cpuMs = order.pid === undefined ? 0 : ((cpuSeconds(order.pid) - cpu) * 1000) / sent;
  latencies.sort((a, b) => a - b);
  return {
    requests: sent,
    before,
    seconds,
    perSecond: sent / seconds,
    cpuMs,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    slowest: latencies.at(-1) ?? Number.NaN,
    wrong,
    samples,
    bytes: size / sent,
  };

  /** Asks on one connection, one request after the other. */
  function client(connection: Connection, n: number, done: () => void): void {
    const periodMs = order.rate === undefined ? 0 : (connections / order.rate) * 1000;
    let due = began + (periodMs * n) / connections;
    const again = () => {
      if (performance.now() >= until || sent >= most) return done();
      const waitMs = due - performance.now();
      due = Math.max(due + periodMs, performance.now() - periodMs);
      if (periodMs > 0 && waitMs > 0) setTimeout(one, waitMs);
      else one();
    };
    const one = () => {
      if (sent >= most) return done();
      sent += 1;
      const i = from + (next++ % count);
      const at = performance.now();
      connection.send(bytes[i] as Buffer, (answer) => {
        latencies.push(performance.now() - at);
        if (!(answer instanceof Error)) size += answer.body.length;
        check(i, answer);
        again();
      });
    };
    again();
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

const calls = {
  /** Reads the supergraph, whose API schema says what right answers are. */
  load(path: string): void {
    const schema = Supergraph.build(readFileSync(path, 'utf8')).apiSchema().toGraphQLJSSchema();
    monolith = new Engine(schema);
  },
  /** Works out what the answers must be, ahead of the run that asks. */
  prepare: ({ workload, from, count }: { workload: WorkloadName; from: number; count: number }) =>
    prepare(workload, from, count),
  /** Takes requests with their right answers, where they don't come from the bench's own data. */
  define({ requests, answers }: { requests: readonly ClientRequest[]; answers: readonly unknown[] }): void {
    prepared.set('whole', { requests: [...requests], expected: [...answers], sent: new Map() });
  },
  run,
  /** Closes what is open to a contestant that ends. */
  forget({ url, contestant }: { url: string; contestant: string }): void {
    for (const [key, connections] of idle) {
      if (!key.startsWith(`${url} `)) continue;
      for (const connection of connections) connection.close();
      idle.delete(key);
    }
    for (const key of verified.keys()) if (key.startsWith(`${contestant} `)) verified.delete(key);
  },
};

export type LoadCalls = typeof calls;

answerCalls(calls);
