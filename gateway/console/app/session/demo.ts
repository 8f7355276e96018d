const tokens = new Map<string, Promise<string>>();

/** The token of a demo caller, asked for once. Rejects where the gateway doesn't give one. */
export function demoToken(name: string): Promise<string> {
  let token = tokens.get(name);
  if (!token) {
    token = fetch(`/demo/${encodeURIComponent(name)}`).then((answer) => {
      if (!answer.ok) throw new Error(`no token for ${name}: status ${answer.status}`);
      return answer.text();
    });
    token.catch(() => tokens.delete(name));
    tokens.set(name, token);
  }
  return token;
}

/** The gateway was started again: it knows its former tokens no more. */
export function forgetDemoToken(name: string): void {
  tokens.delete(name);
}
