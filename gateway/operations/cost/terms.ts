import type { When } from '../lower/conditions.ts';
import { type CostTerm, type Operand, saturated } from './expression.ts';

/** Makes the terms of an expression: constants become numbers, and equal terms one. */
export class Terms {
  readonly all: CostTerm[] = [];
  readonly #known = new Map<string, readonly [number]>();

  sum(operands: readonly Operand[]): Operand {
    return this.#folded('sum', operands, 0, (a, b) => a + b);
  }

  product(operands: readonly Operand[]): Operand {
    return operands.includes(0) ? 0 : this.#folded('product', operands, 1, (a, b) => a * b);
  }

  /** At least `least`. */
  largest(operands: readonly Operand[], least = 0): Operand {
    return this.#folded('largest', operands, least, Math.max);
  }

  when(when: When, then: Operand): Operand {
    return !when || then === 0 ? then : this.term({ kind: 'when', when, then });
  }

  term(term: CostTerm): Operand {
    const key = JSON.stringify(term);
    const known = this.#known.get(key);
    if (known) return known;
    const operand = [this.all.push(term) - 1] as const;
    this.#known.set(key, operand);
    return operand;
  }

  #folded(
    kind: 'sum' | 'product' | 'largest',
    operands: readonly Operand[],
    neutral: number,
    fold: (a: number, b: number) => number,
  ): Operand {
    let constant = neutral;
    const rest: (readonly [number])[] = [];
    for (const operand of operands) {
      if (typeof operand === 'number') constant = saturated(fold(constant, operand));
      // Equal operands are one object; the largest of the same is the same.
      else if (kind !== 'largest' || !rest.includes(operand)) rest.push(operand);
    }
    const [first] = rest;
    if (!first) return constant;
    // A cost is not below zero unless weights are, which is told by a sum of its own.
    if (rest.length === 1 && constant === neutral && kind !== 'largest') return first;
    const of = constant === neutral && kind !== 'largest' ? rest : [...rest, constant];
    return this.term({ kind, of });
  }
}
