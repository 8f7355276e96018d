import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { customerPath, invoiceAnchor, orderPath, productPath } from './paths.ts';

interface LinkProps {
  readonly children?: ComponentChildren;
}

/** To the page of a customer. */
export function CustomerLink({ id, children }: LinkProps & { readonly id: string }) {
  return <Link href={customerPath(id)}>{children ?? id}</Link>;
}

/** To the page of an order; with an invoice's id, to that invoice on it. */
export function OrderLink(props: LinkProps & { readonly number: string; readonly invoice?: string }) {
  const { number, invoice, children } = props;
  return (
    <Link href={`${orderPath(number)}${invoice === undefined ? '' : `#${invoiceAnchor(invoice)}`}`} class="number">
      {children ?? number}
    </Link>
  );
}

/** To the page of a product. */
export function ProductLink({ sku, children }: LinkProps & { readonly sku: string }) {
  return <Link href={productPath(sku)}>{children ?? sku}</Link>;
}

/** To write to somebody. */
export function MailLink({ address }: { readonly address: string }) {
  return (
    <a href={`mailto:${address.replace(/[^\w.@+-]/gu, encodeURIComponent)}`}>
      <MailText address={address} />
    </a>
  );
}

/** A mail address; where it's too long for a line, it breaks before the domain. */
export function MailText({ address }: { readonly address: string }) {
  const at = Math.max(0, address.lastIndexOf('@'));
  return (
    <>
      {address.slice(0, at)}
      <wbr />
      {address.slice(at)}
    </>
  );
}
