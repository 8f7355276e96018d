import { federation, type TestSupergraph } from './supergraph.ts';

/**
 * Keys of every form (several, compound, nested, not resolvable), `@requires` (with arguments, with fragments, of a field that
 * itself requires), `@provides`, `@override`, shared value types.
 */
export const shop: TestSupergraph = {
  name: 'shop',
  subgraphs: {
    products: `${federation}
type Query {
  product(id: ID!): Product
  products(first: Int! = 3, filter: ProductFilter, sort: [SortKey!] = [NAME]): [Product!]!
  shelves(rows: [[Int]]): [[Product]!]
  search(text: String = "all", deep: Boolean): [Found]
  found: Found!
}
type Product implements Named & Priced @key(fields: "id") @key(fields: "sku") @key(fields: "code { country number }") {
  id: ID!
  sku: String!
  code: Code!
  name: String
  price(currency: Currency = EUR, at: Moment): Int
  weight: Float @shareable
  heavy: Boolean
  dimensions(unit: Unit = CM): Dimensions
  tags(prefix: String): [String!]
  trait: Trait
  traits: [Trait!]!
  feature: Feature
  related(first: Int = 2): [Product!]!
  category: Category!
  legacy: String
  origin: Place
}
type Category implements Named @key(fields: "id region { code }") {
  id: ID!
  region: Region!
  name: String
  products(first: Int = 2): [Product]
  parent: Category
}
type Region { code: String! name: String }
type Code { country: String! number: Int! }
type Dimensions @shareable { width: Int! height: Int unit: Unit }
type Place @shareable { city: String country: String }
interface Named { name: String }
interface Priced { price(currency: Currency = EUR, at: Moment): Int }
interface Feature { title: String }
type Big implements Feature { title: String size: Int }
type Small implements Feature { title: String rank: Float! }
union Trait = Color | Size
type Color { hex: String! shade: Shade }
type Size { cm: Int letter: String }
type Shade { dark: Boolean }
union Found = Product | Category | Color
enum Currency { EUR USD }
enum Unit { CM INCH }
enum SortKey { NAME PRICE }
scalar Moment
input ProductFilter { named: String, ids: [ID!], range: Range, any: [ProductFilter!], on: Boolean = true, currency: Currency }
input Range { from: Float, to: Float = 10.5 }
`,
    inventory: `${federation}
type Query {
  warehouses: [Warehouse!]
  warehouse(id: ID): Warehouse
}
type Product @key(fields: "id") {
  id: ID!
  price(currency: Currency = EUR, at: Moment): Int @external
  weight: Float @external
  dimensions(unit: Unit = CM): Dimensions @external
  trait: Trait @external
  traits: [Trait!]! @external
  feature: Feature @external
  shipping(express: Boolean = false): String @requires(fields: "price(currency: USD) weight")
  box(kind: String = "flat"): String @requires(fields: "dimensions(unit: INCH) { width height }")
  label: String @requires(fields: "trait { ... on Color { hex shade { dark } } ... on Size { cm } }")
  labels: String! @requires(fields: "traits { ... on Color { hex } ... on Size { letter } } feature { title ... on Small { rank } }")
  stock(least: Int = 1): [Stock!]
  inStock: Boolean!
  legacy: String @override(from: "products")
}
type Stock { quantity: Int! warehouse: Warehouse! product: Product }
type Warehouse @key(fields: "id") {
  id: ID!
  place: Place
  stock(first: Int = 2): [[Stock!]]
  best: Product @provides(fields: "weight")
  manager: Person
}
type Person @key(fields: "email", resolvable: false) { email: String! }
type Dimensions @shareable { width: Int! height: Int }
type Place @shareable { city: String country: String }
union Trait = Color | Size
type Color { hex: String! @external shade: Shade @external }
type Shade { dark: Boolean @external }
type Size { cm: Int @external letter: String @external }
interface Feature { title: String }
type Big implements Feature { title: String @external }
type Small implements Feature { title: String @external rank: Float! @external }
enum Currency { EUR USD }
enum Unit { CM INCH }
scalar Moment
`,
    reviews: `${federation}
type Query {
  reviews(product: ReviewedInput): [Review!]
  latest: Review
}
type Product @key(fields: "sku") {
  sku: String!
  reviews(first: Int = 3, stars: [Int!]): [Review!]
  rating: Float
  critic: Person @provides(fields: "name")
}
type Review @key(fields: "id") {
  id: ID!
  body: String
  stars: Int!
  author: Person!
  product: Product
  replies: [[Review!]!]
}
type Person @key(fields: "id") @key(fields: "email") {
  id: ID!
  email: String! @external
  name: String @external
  reviews(first: Int = 2): [Review]
  level: String @requires(fields: "age")
  age: Int @external
}
input ReviewedInput { sku: String!, stars: [Int] }
`,
    people: `${federation}
type Query {
  person(id: ID!): Person
  people(emails: [String!]!): [Person]!
}
type Person @key(fields: "id") @key(fields: "email") {
  id: ID!
  email: String!
  name: String @shareable
  age: Int
  address(kind: AddressKind! = HOME): Address
  friends(first: Int = 2): [Person!]
}
type Address { street: String! zip: String place: Place }
type Place @shareable { city: String country: String }
enum AddressKind { HOME WORK }
`,
    pricing: `${federation}
type Query { offers: [Offer!]! }
type Offer { product: Product! percent: Int category: Category }
type Product @key(fields: "code { country number }") {
  code: Code!
  shipping(express: Boolean = false): String @external
  box(kind: String = "flat"): String @external
  name: String @external
  total: String @requires(fields: "shipping(express: true) name")
  packed: String @requires(fields: "box(kind: \\"big\\")")
}
type Code { country: String! number: Int! }
type Category @key(fields: "id region { code }") {
  id: ID!
  region: Region!
  discount(of: Int! = 100): Int
}
type Region { code: String! }
`,
  },
};
