/** A fault as the SOAP library takes it when it is thrown: SOAP 1.1, which goes with the HTTP status 500. */
export class ErpFault extends Error {
  override readonly name = 'ErpFault';
  readonly Fault: { readonly faultcode: string | object; readonly faultstring: string; readonly statusCode: 500 };

  constructor(faultcode: string | object, faultstring: string) {
    super(faultstring);
    this.Fault = { faultcode, faultstring, statusCode: 500 };
  }
}

/** The caller's message can't be used. */
export function badMessage(faultstring: string): ErpFault {
  return new ErpFault('soap:Client', faultstring);
}

/** The caller is not known (WS-Security 1.1.1, section 12). */
export function notAuthenticated(): ErpFault {
  const attributes = { 'xmlns:wsse': wsse };
  return new ErpFault(
    { attributes, $value: 'wsse:FailedAuthentication' },
    'The security token could not be authenticated',
  );
}

const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
