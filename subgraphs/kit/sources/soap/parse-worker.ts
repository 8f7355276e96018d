import { parentPort, workerData } from 'node:worker_threads';
import { createClientAsync, type IHttpClient, type WSDL } from 'soap';
import type { ThreadAnswer } from '../../thread.ts';
import type { Parsed, Thrown, WsdlDocuments } from './large-answers.ts';
import { valueReaders } from './values.ts';

// The other side of `LargeAnswers`: parses each answer in turn, by the documents of the WSDL that it was given.
const { url, documents } = workerData as WsdlDocuments;
const opening = openWsdl();

parentPort?.on('message', async (text: string) => {
  parentPort?.postMessage(await answer(text));
});

async function openWsdl(): Promise<WSDL> {
  const { wsdl } = await createClientAsync(url, { httpClient: known(), disableCache: true });
  wsdl.options.customDeserializer = valueReaders(wsdl);
  return wsdl;
}

/** Gives the documents that were read before; nothing goes out to the network. */
function known(): IHttpClient {
  const request = (
    location: string,
    _body: unknown,
    done: (error: unknown, response?: object, text?: string) => void,
  ) => {
    const text = documents.get(location);
    queueMicrotask(() =>
      text === undefined ? done(new Error('an unknown document')) : done(null, { status: 200 }, text),
    );
  };
  return { request } as unknown as IHttpClient;
}

async function answer(text: string): Promise<ThreadAnswer<Parsed>> {
  try {
    const wsdl = await opening;
    return { answer: parse(wsdl, text) };
  } catch (error) {
    return { message: error instanceof Error ? error.message : 'the WSDL could not be opened' };
  }
}

function parse(wsdl: WSDL, text: string): Parsed {
  try {
    return { object: wsdl.xmlToObject(text) };
  } catch (error) {
    return { thrown: thrownOf(error) };
  }
}

function thrownOf(error: unknown): Thrown {
  if (!(error instanceof Error)) return { kind: 'other', value: error };
  return { kind: 'error', message: error.message, root: 'root' in error ? error.root : undefined };
}
