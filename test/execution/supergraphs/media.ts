import { federation, type TestSupergraph } from './supergraph.ts';

/**
 * `@interfaceObject`, interfaces and unions that are spread over subgraphs, `@inaccessible`, enums and inputs that differ,
 * shared root fields.
 */
export const media: TestSupergraph = {
  name: 'media',
  families: { Media: ['Book', 'Film', 'Song'] },
  subgraphs: {
    catalog: `${federation}
type Query {
  media(id: ID!): Media
  allMedia(mode: Mode, first: Int = 4): [Media!]!
  book(id: ID!): Book
  mixed: [Item]
  shared(input: Shared, mode: Mode): Sharing @shareable
  hidden: String @inaccessible
}
interface Media @key(fields: "id") { id: ID! title: String isbnOrCode: String! kind: Kind }
type Book implements Media & Lendable @key(fields: "id") {
  id: ID! title: String isbnOrCode: String! kind: Kind pages: Int author: Creator! due: String secret: String @inaccessible
}
type Film implements Media & Lendable @key(fields: "id") {
  id: ID! title: String isbnOrCode: String! kind: Kind minutes: Float! director: Creator due: String
}
type Song implements Media @key(fields: "id") {
  id: ID! title: String isbnOrCode: String! kind: Kind album: Album
}
interface Lendable { due: String }
type Album @key(fields: "id") { id: ID! songs: [Song!] title: String }
type Creator @key(fields: "id") { id: ID! name: String! works(first: Int = 2): [Media] }
union Item = Book | Creator
enum Kind { PAPER DISC STREAM }
enum Mode { FAST SLOW LAZY }
type Sharing @shareable { a: String b: Int! kind: Kind inner: Sharing }
input Shared { x: Int = 3 y: [Mode!] z: String }
`,
    ratings: `${federation}
type Query {
  topRated(first: Int = 3): [Media!]!
  best: Media
  shared(input: Shared, mode: Mode): Sharing @shareable
}
type Media @interfaceObject @key(fields: "id") {
  id: ID!
  title: String @external
  isbnOrCode: String! @external
  rating(scale: Int = 5): Float
  summary: String @requires(fields: "title isbnOrCode")
  ratings(first: Int = 2): [Rating!]!
}
type Rating { stars: Int! by: Creator of: Media! }
type Creator @key(fields: "id") { id: ID! score: Int }
enum Kind { PAPER DISC }
enum Mode { FAST SLOW }
type Sharing @shareable { a: String b: Int! kind: Kind inner: Sharing }
input Shared { x: Int = 3 y: [Mode!] }
`,
    stores: `${federation}
type Query {
  stores: [[Store!]]
  items: [Item!]!
  event: Event
}
interface Event { at: String store: Store }
type Opening implements Event { at: String store: Store guests: Int! }
type Closing implements Event { at: String store: Store reason: String hint: Hint }
type Hint @shareable { text: String }
type Store @key(fields: "id") { id: ID! city: String shelf: [Item] events: [Event!] albums: [Album!] }
type Book @key(fields: "id") { id: ID! copies: Int! }
type Album @key(fields: "id") { id: ID! price: Int year: Int @inaccessible }
union Item = Book | Album | Store
`,
    years: `${federation}
type Album @key(fields: "id") {
  id: ID!
  year: Int @external
  age: String @requires(fields: "year")
}
type Book @key(fields: "id") {
  id: ID!
  secret: String @external
  review: String! @requires(fields: "secret")
}
`,
  },
};
