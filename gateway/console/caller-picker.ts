/**
 * The bar above GraphiQL in which people choose whom they ask as: HTML, to stand before GraphiQL's root. It shows only where the gateway
 * has demo callers. The choice is kept in localStorage; who chooses nothing asks as the supervisor, to whom nothing is refused. Requests
 * then carry the caller's token, unless GraphiQL's own headers have one; a token that is refused, since the gateway was started again,
 * is asked for anew once.
 */
export const callerPicker = `<style>
  html, body { height: 100%; }
  body { display: flex; flex-direction: column; overflow: hidden; }
  #root { flex: 1; min-height: 0; }
  #root .graphiql-container { width: 100%; height: 100%; }
  #caller {
    display: flex; align-items: center; gap: 10px; padding: 10px 16px 2px; font: 15px/1.4 Roboto, sans-serif;
    /* As GraphiQL's own: by the system's theme, or by the one chosen there. */
    color-scheme: light dark; --paper: light-dark(hsl(219 28% 100%), hsl(219 29% 18%)); --accent: light-dark(#d60690, hsl(338 100% 67%));
    background: var(--paper); color: light-dark(hsl(219 28% 32%), hsl(219 29% 78%));
  }
  body.graphiql-light #caller { color-scheme: light; }
  body.graphiql-dark #caller { color-scheme: dark; }
  #caller[hidden] { display: none; }
  #caller label { flex: none; }
  #caller select {
    min-width: 0; padding: 5px 6px; border: 1px solid color-mix(in srgb, currentcolor 40%, transparent);
    border-radius: 6px; background: color-mix(in srgb, currentcolor 7%, transparent); color: inherit; font: inherit; text-overflow: ellipsis; cursor: pointer;
  }
  #caller select:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  #caller option { background: var(--paper); }
  #caller output {
    flex: 1 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 13px; opacity: 0.8;
  }
  @media (max-width: 800px) { #caller output { display: none; } #caller select { flex: 1; } }
</style>
<div id="caller" hidden>
  <label for="caller-name">Ask as</label>
  <select id="caller-name"></select>
  <output for="caller-name"></output>
</div>
<script>
  (() => {
    const send = window.fetch.bind(window);
    const stored = 'junction:caller';
    const bar = document.getElementById('caller');
    const select = bar.querySelector('select');
    const nobody = { name: '', title: 'without a token' };
    const tokens = new Map();

    async function offer() {
      const answer = await send('/demo');
      if (!answer.ok) return;
      const callers = [...await answer.json(), nobody];
      select.append(...callers.map(({ name, title }) => new Option((name || 'nobody') + ' \\u00b7 ' + title, name)));
      const known = (name) => callers.some((caller) => caller.name === name);
      select.value = [localStorage.getItem(stored), 'supervisor'].find(known) ?? '';
      const tell = () => {
        const { scopes = [] } = callers.find(({ name }) => name === select.value);
        bar.querySelector('output').value = scopes.join('  ') || 'no scopes';
      };
      select.addEventListener('change', () => {
        localStorage.setItem(stored, select.value);
        tell();
      });
      tell();
      bar.hidden = false;
    }

    function tokenOf(name) {
      let token = tokens.get(name);
      if (!token) {
        token = send('/demo/' + name).then((answer) => answer.text());
        token.catch(() => tokens.delete(name));
        tokens.set(name, token);
      }
      return token;
    }

    async function sendAs(name, request) {
      const headers = new Headers(request.headers);
      headers.set('authorization', 'Bearer ' + await tokenOf(name));
      return send(new Request(request, { headers }));
    }

    const offered = offer().catch(() => {});
    window.fetch = async (input, init) => {
      const request = new Request(input, init);
      await offered;
      const name = select.value;
      if (name === '' || new URL(request.url).pathname !== '/graphql' || request.headers.has('authorization')) return send(request);
      const again = request.clone();
      const answer = await sendAs(name, request);
      if (answer.status !== 401) return answer;
      tokens.delete(name);
      return sendAs(name, again);
    };
  })();
</script>
`;
