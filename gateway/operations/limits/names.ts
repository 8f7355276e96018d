/** Names of every schema tell nothing. */
const known = new Set(['Query', 'Mutation', 'Subscription', 'Int', 'Float', 'String', 'Boolean', 'ID']);

/**
 * A message about a text, without the names of the schema's that the text itself hasn't: each is `…`. GraphQL's own
 * messages put names in quotes, and tell types, arguments and fields that nobody asked for: `Cannot query field "x" on
 * type "Customer".` Where the schema may not be read, asking for what is wrong must not read it either. Whether a name
 * that the client guessed is there can't be hidden: a right guess is answered.
 */
export function withoutForeignNames(message: string, text: string): string {
  const own = new Set(text.match(names));
  return message.replace(quoted, (part) =>
    part.replace(names, (name) => (own.has(name) || known.has(name) ? name : '…')),
  );
}

const names = /[_A-Za-z][_0-9A-Za-z]*/g;

/** Texts in quotes, among them literals with quotes of their own; a long message may end inside of one. */
const quoted = /"(?:[^"\\]|\\.)*(?:"|$)/gs;
