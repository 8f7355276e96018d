/** Where a customer's page is. */
export function customerPath(id: string): string {
  return `/customers/${encodeURIComponent(id)}`;
}

/** Where an order's page is. */
export function orderPath(number: string): string {
  return `/orders/${encodeURIComponent(number)}`;
}

/** Where a product's page is. */
export function productPath(sku: string): string {
  return `/products/${encodeURIComponent(sku)}`;
}

/** The id of an invoice's element on its order's page, and on its customer's: the same as in an address. */
export function invoiceAnchor(id: string): string {
  return `invoice-${encodeURIComponent(id)}`;
}
