import { federation, type TestSupergraph } from './supergraph.ts';

/** Mutations, lists of lists, null and non-null in every mixture, entities that contain each other. */
export const ledger: TestSupergraph = {
  name: 'ledger',
  subgraphs: {
    accounts: `${federation}
type Query {
  account(id: ID!, flags: Flags = { deep: [[1, 2], [3]] }): Account
  accounts: [Account!]!
  grid: [[[Account!]!]]
  maybe: [Account]
  node(id: ID): Node
  nodes(ids: [ID!]! = ["1", "2"]): [Node!]
}
type Mutation {
  open(input: OpenInput!): Account!
  rename(id: ID!, name: String): Account
  note(text: String = "empty"): String
}
interface Node { id: ID! }
type Account implements Node @key(fields: "id") {
  id: ID!
  name: String
  owner: Owner!
  owners: [Owner!]!
  children(first: Int = 2): [Account!]
  matrix: [[Int!]]
  cube: [[[String]!]!]
  settings: Settings!
}
type Owner implements Node @key(fields: "id") { id: ID! accounts: [[Account!]!] main: Account! }
type Settings { limit: Int! currency: String nested: Settings lists: [[Settings]] }
input OpenInput { name: String! owners: [OwnerInput!] = [{ id: "1" }] opened: Day }
input OwnerInput { id: ID! share: Float = 0.5 }
input Flags { deep: [[Int!]] on: Boolean }
scalar Day
`,
    balances: `${federation}
type Query { richest(first: Int! = 2): [Account!] }
type Mutation {
  book(entry: EntryInput, entries: [EntryInput!]): Booking!
  cancel(id: ID!): Booking
}
type Account @key(fields: "id") {
  id: ID!
  balance(day: Day, in: [String!] = ["EUR"]): Float!
  bookings(filter: BookingFilter): [Booking!]
  history: [[Booking]]
  risk: Int
}
type Booking @key(fields: "id") { id: ID! amount: Float! account: Account! other: Account tags: [[String!]!]! }
input EntryInput { amount: Float! tags: [String] }
input BookingFilter { or: [BookingFilter!] min: Float max: Float tag: String }
scalar Day
`,
    audit: `${federation}
type Mutation { approve(id: ID): Approval }
type Approval { booking: Booking account: Account by: Owner! }
type Booking @key(fields: "id") { id: ID! approved: Boolean! approvals: [Approval!] }
type Owner @key(fields: "id") { id: ID! rights: [Right!] strict: String! }
type Account @key(fields: "id") {
  id: ID!
  risk: Int @external
  settings: Settings! @external
  grade: String! @requires(fields: "risk")
  check(hard: Boolean): [String!] 
  profile: String @requires(fields: "settings { limit nested { currency limit } }")
}
type Settings { limit: Int! @external currency: String @external nested: Settings @external }
enum Right { READ WRITE }
`,
  },
};
