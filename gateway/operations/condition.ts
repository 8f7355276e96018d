/** `@skip` and `@include`: holds when all of one group hold. */
export type Condition = readonly (readonly { readonly variable: string; readonly is: boolean }[])[];
