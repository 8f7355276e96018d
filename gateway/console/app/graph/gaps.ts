import { type Answer, type Gap, gapOf } from './answer.ts';

/**
 * Why one field of an answer, such as `customer.orders`, is null: the error of itself, or of what it is in. Errors of what is in it don't
 * make it null; `gapAt` finds those.
 */
export function gapOfField({ errors }: Pick<Answer<unknown>, 'errors'>, place: string): Gap | undefined {
  const wanted = place.split('.');
  const gaps = errors
    .filter(({ path }) => {
      const names = (path ?? []).filter((step) => typeof step === 'string');
      return names.length <= wanted.length && names.every((name, i) => wanted[i] === name);
    })
    .map(gapOf);
  return gaps.find(({ kind }) => kind !== 'forbidden') ?? gaps[0];
}
