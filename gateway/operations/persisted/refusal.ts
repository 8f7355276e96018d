/** Why a request for a persisted operation isn't run, before its text was looked at. */
export interface PersistedRefusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly error: { readonly code: string; readonly message: string };
}

// Codes, statuses and the messages that are one word are Apollo Server's, whose clients look for them and then send the text.

/** The text isn't known by its hash: the client is to send both. */
export const notFound = refused(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');

/** There are no persisted operations here: the client is to send texts alone. */
export const notSupported = refused(200, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');

/** Text and hash don't belong together. */
export const hashMismatch = refused(400, 'PERSISTED_QUERY_HASH_MISMATCH', 'provided sha does not match query');

// These are Apollo Router's.

/** The manifest has no operation with this id. */
export const notInList = refused(
  404,
  'PERSISTED_QUERY_NOT_IN_LIST',
  'The list of persisted operations has none with this id.',
);

/** The manifest has no operation with this text. */
export const notInSafelist = refused(
  403,
  'QUERY_NOT_IN_SAFELIST',
  'Only persisted operations run here, and this text is none of them. Expected the id of one, or its text as it stands in the list.',
);

function refused(status: number, code: string, message: string): PersistedRefusal {
  return Object.freeze({ kind: 'refused', status, error: Object.freeze({ code, message }) });
}
