import { lazy, Suspense } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { CustomerPage } from '../customer/customer-page.tsx';
import { SearchPage } from '../customer/search-page.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { currentCaller, useCaller } from '../session/session.ts';
import { CallerMenu } from './caller-menu.tsx';
import { Navigation } from './navigation.tsx';
import { PageFault } from './page-fault.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { ThemeButton } from './theme-button.tsx';

// What somebody who opens the page doesn't see first comes when it's asked for.
const OrderPage = lazy(() => import('../customer/order-page.tsx').then((module) => ({ default: module.OrderPage })));
const ProductPage = lazy(() =>
  import('../customer/product-page.tsx').then((module) => ({ default: module.ProductPage })),
);
const OverviewPage = lazy(() =>
  import('../overview/overview-page.tsx').then((module) => ({ default: module.OverviewPage })),
);
const ExplorePage = lazy(() =>
  import('../explore/explore-page.tsx').then((module) => ({ default: module.ExplorePage })),
);
const SystemsPage = lazy(() =>
  import('../systems/systems-page.tsx').then((module) => ({ default: module.SystemsPage })),
);

/** The whole console. */
export function App() {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const first = useRef(true);
  useCaller();
  const caller = currentCaller();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it happens whenever another page shows.
  useEffect(() => {
    // Not on the first page: there the browser's own order is right.
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [path]);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
            <path d="M4 4 12 12 20 4M4 20 12 12 20 20" fill="none" stroke="currentColor" stroke-width="2" />
            <circle cx="12" cy="12" r="4" fill="currentColor" />
          </svg>
          Junction
        </Link>
        <Navigation />
        <div class="top-end">
          <CallerMenu />
          <ThemeButton />
        </div>
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {caller.kind === 'signed-out' || caller.kind === 'signing-in' ? (
          <SignInPage caller={caller} />
        ) : (
          <PageFault key={path}>
            <Suspense fallback={<Skeleton rows={6} />}>
              <Switch>
                <Route path="/">{() => <SearchPage />}</Route>
                <Route path="/customers/:id">{({ id }) => <CustomerPage key={id} id={decodeURIComponent(id)} />}</Route>
                <Route path="/orders/:number">
                  {({ number }) => <OrderPage key={number} number={decodeURIComponent(number)} />}
                </Route>
                <Route path="/products/:sku">
                  {({ sku }) => <ProductPage key={sku} sku={decodeURIComponent(sku)} />}
                </Route>
                <Route path="/overview">{() => <OverviewPage />}</Route>
                <Route path="/explore">{() => <ExplorePage />}</Route>
                <Route path="/systems">{() => <SystemsPage />}</Route>
                <Route>{() => <NoPage />}</Route>
              </Switch>
            </Suspense>
          </PageFault>
        )}
      </main>
    </div>
  );
}

function NoPage() {
  return (
    <>
      <PageHead title="There is no such page" />
      <p>
        <Link href="/">Look for a customer</Link> instead.
      </p>
    </>
  );
}
