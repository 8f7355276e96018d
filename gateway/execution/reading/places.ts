import type {
  FetchStep,
  Program,
  RepresentationField,
  ResponseField,
  Selection,
  Step,
  ValueShape,
} from '../../operations/program.ts';

/** A field of the client's. */
interface Asked {
  readonly selection: Selection;
  readonly index: number;
  /** Whether conditions decide which fields the selection has. */
  readonly isConditional: boolean;
}

/** What a program does with the values at one path of the tree, lists aside. */
export class Place {
  readonly #below = new Map<string, Place>();
  readonly #selections = new Set<Selection>();
  /** How many fetches bring something here. */
  writers = 0;
  /** Whether something else than completion looks into it, or adds to it. */
  isOpen = false;
  /** Which fields of the client's selections it is the value of; several where that depends on types, or under several keys. */
  readonly asked: Asked[] = [];

  /** Whether it is new that this is asked of the objects here. */
  adds(selection: Selection): boolean {
    if (this.#selections.has(selection)) return false;
    this.#selections.add(selection);
    return true;
  }

  below(key: string): Place {
    let place = this.#below.get(key);
    if (!place) {
      place = new Place();
      this.#below.set(key, place);
    }
    return place;
  }

  /** Undefined where nothing is brought. */
  known(key: string): Place | undefined {
    return this.#below.get(key);
  }
}

/** The root's place, with all that a program fetches below it. */
export function placesOf({ steps, selections }: Program): Place {
  const root = new Place();
  root.isOpen = true;
  for (const fetch of fetches(steps)) write(fetch, root);
  const [first] = selections;
  if (first) ask(first, root, selections);
  return root;
}

/** Where the fields of a fetch are added: root fields or the entities' own. */
export function targetOf({ target, response: { fields } }: FetchStep, root: Place) {
  const place = openAt(root, target.path ?? []);
  return { place, fields: target.kind === 'entities' ? (fields[0]?.fields ?? []) : fields };
}

function* fetches(step: Step | undefined): Generator<FetchStep> {
  switch (step?.kind) {
    case 'fetch':
      yield step;
      break;
    case 'condition':
      yield* fetches(step.then);
      yield* fetches(step.otherwise);
      break;
    case 'sequence':
    case 'parallel':
      for (const inner of step.steps) yield* fetches(inner);
  }
}

function write(fetch: FetchStep, root: Place): void {
  const { place, fields } = targetOf(fetch, root);
  writeFields(fields, place);
  for (const { path, from, to } of fetch.renames) {
    const object = openAt(
      place,
      path.flatMap((step) => ('key' in step ? [step.key] : [])),
    );
    for (const key of [from, to]) object.below(key).isOpen = true;
  }
  if (fetch.target.kind === 'root') return;
  for (const fields of Object.values(fetch.target.representations)) read(fields, place);
}

function writeFields(fields: readonly ResponseField[], place: Place): void {
  for (const { key, fields: inner = [] } of fields) {
    const below = place.below(key);
    below.writers += 1;
    writeFields(inner, below);
  }
}

function read(fields: readonly RepresentationField[], place: Place): void {
  for (const field of fields) {
    if (!('from' in field)) continue;
    const below = place.below(field.from);
    below.isOpen = true;
    if (field.fields?.kind === 'any') read(field.fields.fields, below);
    if (field.fields?.kind === 'typed') for (const inner of Object.values(field.fields.types)) read(inner, below);
  }
}

function openAt(start: Place, path: readonly string[]): Place {
  let place = start;
  for (const key of path) {
    if (key === '@') continue;
    place = place.below(key);
    place.isOpen = true;
  }
  return place;
}

function ask(selection: Selection, place: Place, selections: Program['selections']): void {
  // Types may lead to one selection in more ways than anyone could follow.
  if (!place.adds(selection)) return;
  const isConditional = selection.fields.some(({ when }) => when);
  for (const [index, { key, from = key, value }] of selection.fields.entries()) {
    const below = place.known(from);
    if (!below) continue;
    below.asked.push({ selection, index, isConditional });
    for (const inner of selectionsOf(value)) ask(selections[inner] as Selection, below, selections);
  }
}

function selectionsOf(shape: ValueShape): readonly number[] {
  switch (shape.kind) {
    case 'list':
      return selectionsOf(shape.of);
    case 'object':
      return [shape.selection];
    case 'abstract':
      return Object.values(shape.selections);
    default:
      return [];
  }
}
