import {
  type ASTNode,
  type ASTVisitor,
  BREAK,
  type DirectiveNode,
  Kind,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/**
 * A document's text without any value that a client may have put there: `takeLiterals` leaves some, as in objects with a variable beside
 * them, default values and directives. Each is "…" instead; `@skip` and `@include` keep theirs, which say what is asked for. Not
 * for running.
 */
export function shownText(document: ASTNode): string {
  return stripIgnoredCharacters(
    print(
      visit(
        document,
        valuesAre(() => hidden),
      ),
    ),
  );
}

/** Whether a document has values that `shownText` would hide. */
export function holdsValues(document: ASTNode): boolean {
  let holds = false;
  const found = () => {
    holds = true;
    return BREAK;
  };
  visit(document, valuesAre(found));
  return holds;
}

const hidden = { kind: Kind.STRING, value: '…' } as const;

function valuesAre(found: () => typeof hidden | typeof BREAK): ASTVisitor {
  return {
    Directive: ({ name }: DirectiveNode) => (name.value === 'skip' || name.value === 'include' ? false : undefined),
    StringValue: found,
    IntValue: found,
    FloatValue: found,
    EnumValue: found,
    BooleanValue: found,
  };
}
