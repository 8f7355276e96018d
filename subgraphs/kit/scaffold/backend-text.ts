import { type Code, laidOut } from './code.ts';
import type { Draft, DraftType } from './draft.ts';

/** The forms of `mapping.ts`, of which a file imports those that it uses. */
const forms = ['composed', 'day', 'many', 'one', 'oneOf', 'timestamp'];

/** The draft's `backend.ts`. `name`: the subgraph's. */
export function backendText({ source, types }: Draft, name: string): string {
  const { module, helpers, options, what } = source;
  const mapped: Code = { object: types.map((type) => [type.name, typeCode(type)]), open: true };
  const call: Code = { call: `${module}<Contract>`, of: [{ object: [...options, ['types', mapped]], open: true }] };
  const body = laidOut(call, 0, 'export const backend = '.length);
  const used = forms.filter((form) => new RegExp(`(^|[^\\w'])${form}\\(`).test(body));
  const imports = [
    ...(used.length > 0 ? [`import { ${used.join(', ')} } from '../kit/mapping.ts';`] : []),
    "import { env } from '../kit/settings.ts';",
    `import { ${[...helpers, module].sort().join(', ')} } from '../kit/sources/${module}/backend.ts';`,
    "import type { Contract } from './contract.ts';",
  ];
  return `${imports.join('\n')}\n\n/** The system behind ${name}: ${what}. */\nexport const backend = ${body};\n`;
}

function typeCode({ mapping, key, fields }: DraftType): Code {
  const mapped = fields.map(({ name, code }) => [name, code] as const);
  return {
    object: [
      ...mapping,
      ['key', { object: [['id', key]] }],
      ...(mapped.length > 0 ? [['fields', { object: mapped, open: true }] as const] : []),
    ],
    open: true,
  };
}
