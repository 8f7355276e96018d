import { type DirectiveNode, Kind } from 'graphql';
import type { Condition } from '../condition.ts';
import { TooComplexError } from './errors.ts';

/** When something holds: `undefined` is always, no group is never. */
export type When = Condition | undefined;

/** Of so many places at most it is told when each is the first. */
const maxPlaces = 8;

/** Beyond this, one response key depends on more combinations of variables than anyone writes. */
const maxGroups = 64;

/** What `@skip` and `@include` say together. */
export function conditionOf(directives: readonly DirectiveNode[] = []): When {
  let when: When;
  for (const { name, arguments: given } of directives) {
    const isInclude = name.value === 'include';
    if (!isInclude && name.value !== 'skip') continue;
    const value = given?.[0]?.value;
    if (value?.kind === Kind.VARIABLE) when = and(when, [[{ variable: value.name.value, is: isInclude }]]);
    else if (value?.kind === Kind.BOOLEAN && value.value !== isInclude) return [];
  }
  return when;
}

export function and(a: When, b: When): When {
  if (!a || !b) return a ?? b;
  const groups: Condition[number][] = [];
  for (const left of a) {
    for (const right of b) {
      const added = right.filter(({ variable, is }) => !left.some((one) => one.variable === variable && one.is === is));
      const contradicts = added.some(({ variable }) => left.some((one) => one.variable === variable));
      if (!contradicts) groups.push([...left, ...added]);
    }
  }
  return simplified(groups);
}

export function or(a: When, b: When): When {
  return a && b && simplified([...a, ...b]);
}

export function same(a: When, b: When): boolean {
  return a === b || (a !== undefined && b !== undefined && keyOf(a) === keyOf(b));
}

/**
 * When each of some conditions, of one group each, is the first of them that holds; the groups exclude one another. Undefined where that is too
 * much to say.
 */
export function firstHolding(whens: readonly When[]): When[] | undefined {
  const always = whens.indexOf(undefined);
  const places = always === -1 ? whens : whens.slice(0, always);
  if (places.length > maxPlaces) return undefined;
  if (places.reduce((product, when) => product * (when?.[0]?.length ?? 1), 1) > maxGroups) return undefined;
  let before: When;
  return whens.map((when) => {
    const first = and(before, when);
    before = and(before, unless(when));
    return first;
  });
}

/** When a condition of one group doesn't hold, in groups that exclude one another. */
function unless(when: When): When {
  const [group] = when ?? [[]];
  return group?.map((one, index) => [...group.slice(0, index), { ...one, is: !one.is }]);
}

/** The same text for the same condition. */
export function keyOf(when: When): string {
  if (!when) return '';
  const groups = when.map((group) =>
    group
      .map(({ variable, is }) => `${is ? '' : '!'}${variable}`)
      .sort()
      .join('&'),
  );
  return `?${groups.sort().join('|')}`;
}

export const isNever = (when: When): boolean => when?.length === 0;

/** Without groups that another one covers. */
function simplified(groups: readonly Condition[number][]): Condition {
  const kept: Condition[number][] = [];
  for (const group of [...groups].sort((a, b) => a.length - b.length)) {
    if (
      !kept.some((smaller) =>
        smaller.every((one) => group.some(({ variable, is }) => variable === one.variable && is === one.is)),
      )
    ) {
      kept.push(group);
    }
  }
  if (kept.length > maxGroups) throw new TooComplexError('its @skip and @include directives combine in too many ways');
  return kept;
}
