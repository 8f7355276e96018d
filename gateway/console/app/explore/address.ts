/** What Explore keeps in the address bar, behind `#`: `q`, a query (see `Shared`), and `show`, what of its answer is looked at. */
export type AddressPart = 'q' | 'show';

/** A part of the address; '' where it isn't there. */
export function addressPart(name: AddressPart): string {
  return new URLSearchParams(location.hash.slice(1)).get(name) ?? '';
}

/** Puts it there, without a step to go back to. */
export function setAddressPart(name: AddressPart, value: string): void {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (value === '') parts.delete(name);
  else parts.set(name, value);
  history.replaceState(history.state, '', `${location.pathname}${location.search}#${parts}`);
}
