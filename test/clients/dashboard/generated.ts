// Written by generate.ts.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };

import { gql } from '@apollo/client';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How far the shop has come with an order. */
export type OrderStatus =
  /** Placed, not yet accepted. */
  | 'PENDING'
  /** Accepted and in work. */
  | 'PROCESSING'
  /** Stopped until somebody looks at it. */
  | 'ON_HOLD'
  /** Handed to the customer. */
  | 'COMPLETED'
  /** Will not be delivered. */
  | 'CANCELED'
  /** The shop holds a value that the mapping does not know. */
  | 'UNKNOWN';

export type DashboardQueryVariables = Exact<{
  first?: number;
}>;

export type DashboardQuery = {
  readonly waiting: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly number: string;
      readonly status: OrderStatus;
      readonly placedAt: string;
      readonly total: { readonly amount: `${number}`; readonly currencyCode: string };
      readonly customer: { readonly id: string; readonly name: string } | null;
    }>;
  } | null;
  readonly low: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{ readonly sku: string; readonly name: string; readonly available: number }>;
  } | null;
  readonly overdue: {
    readonly totalCount: number;
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly number: string;
      readonly dueOn: string;
      readonly amountDue: { readonly amount: `${number}`; readonly currencyCode: string };
    }>;
  } | null;
};

export const DashboardDocument = gql`
    query Dashboard($first: Int! = 5) {
  waiting: orders(
    filter: {status: [PENDING, PROCESSING, ON_HOLD]}
    orderBy: {field: PLACED_AT}
    first: $first
  ) {
    totalCount
    nodes {
      id
      number
      status
      placedAt
      total {
        amount
        currencyCode
      }
      customer {
        id
        name
      }
    }
  }
  low: products(filter: {belowReorderPoint: true}, first: $first) {
    totalCount
    nodes {
      sku
      name
      available
    }
  }
  overdue: invoices(
    filter: {overdue: true}
    orderBy: {field: DUE_ON}
    first: $first
  ) {
    totalCount
    nodes {
      id
      number
      dueOn
      amountDue {
        amount
        currencyCode
      }
    }
  }
}
    ` as unknown as DocumentNode<DashboardQuery, DashboardQueryVariables>;
