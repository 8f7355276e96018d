import type { Utf8 } from './utf8.ts';

/**
 * A part of the answer as the subgraph wrote it: one or more members of an object, `"name":"Ann","email":null`. They were checked when
 * they were read, nothing else adds to them or looks into them, and they go out as they are. In the tree it stands under the first key,
 * for all of them.
 */
export class Verbatim {
  /** Of JSON. */
  readonly text: Utf8;
  /** How many fields of the client's selection it is. */
  readonly count: number;

  constructor(text: Utf8, count: number) {
    this.text = text;
    this.count = count;
  }
}
