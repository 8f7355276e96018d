import { isUnreadable, type SeenTable } from './look.ts';

/** The columns that tell a table's rows apart; undefined, and a remark, where there are none that an ID can be made of. */
export function keyOf(table: SeenTable, remarks: string[]): readonly string[] | undefined {
  const key = table.primaryKey.length > 0 ? table.primaryKey : (table.unique[0] ?? guessedKey(table, remarks));
  const columns = table.columns.filter(({ name }) => key.includes(name));
  const unfit = columns.find((column) => isUnreadable(column) || ['float', 'list'].includes(column.type));
  if (key.length > 0 && !unfit) return key;
  remarks.push(
    `${table.reference}: left out, since ${unfit ? `no ID can be made of its key ${unfit.name} (${unfit.engineType})` : 'no column was found that tells every two of its rows apart'}.`,
  );
  return undefined;
}

/** A view says nothing of its key. */
function guessedKey({ reference, guessed }: SeenTable, remarks: string[]): readonly string[] {
  if (guessed === undefined) return [];
  remarks.push(
    `to be checked: ${reference} has no primary key; "${guessed}" is taken for it, since it tells all rows apart that are there now.`,
  );
  return [guessed];
}
