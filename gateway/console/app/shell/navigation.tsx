import { Link, useLocation } from 'wouter-preact';
import { Icon } from '../parts/icon.tsx';

const places = [
  { href: '/', label: 'Customer', icon: 'customer', also: /^\/(customers|orders|products)\// },
  { href: '/overview', label: 'Overview', icon: 'overview' },
  { href: '/explore', label: 'Explore', icon: 'explore' },
  { href: '/systems', label: 'Systems', icon: 'systems' },
] as const;

/** The pages: on top, and on a phone at the bottom. */
export function Navigation() {
  const [path] = useLocation();
  return (
    <nav class="navigation" aria-label="Pages">
      {places.map((place) => {
        const { href, label, icon } = place;
        const isHere = path === href || ('also' in place && place.also.test(path));
        return (
          <Link key={href} href={href} aria-current={isHere ? 'page' : undefined}>
            <Icon name={icon} />
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
