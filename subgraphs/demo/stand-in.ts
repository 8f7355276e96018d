/** What a stand-in for a vendor's system is started with. */
export interface StandInOptions {
  /** Where the demo data lies; made there once from `company.ts` by the stand-in's own writer. */
  readonly folder: string;
  /** Multiplies the number of customers, orders and products; above 0, at most 40. @default 1 */
  readonly scale?: number;
  /** Where to listen, if it does. @default any free port */
  readonly port?: number;
  /**
   * Told how far writing the data is, from 0 to 1, and the file that is written first; not where it's there already. What it throws ends
   * the writing.
   */
  readonly onWriting?: (part: number, draft: string) => void;
  /** Told of every call that reaches the system, such as `POST /contacts/batch-read` or `ReadInvoices`. */
  readonly onCall?: (call: string) => void;
}

/** A running stand-in. */
export interface StandIn {
  /** The environment variables that point a subgraph at it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where it listens, if it does. */
  readonly port?: number;
  /** Stops it and frees its port. */
  close(): Promise<void>;
}

/** What each `subgraphs/<name>/demo/system.ts` exports as `start`. */
export type StartStandIn = (options: StandInOptions) => Promise<StandIn>;
