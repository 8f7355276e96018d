import type { Program, Step } from '../operations/program.ts';
import { compileCompletion } from './complete.ts';
import type { CompletedData, CompletionInput } from './completion.ts';
import { compileFetch } from './fetch.ts';
import { placesOf } from './reading/places.ts';
import type { Run } from './run.ts';
import { compileVariables, type VariableReader } from './variables.ts';

/** An operation that is ready to run, any number of times and at the same time. */
export interface CompiledOperation {
  readonly program: Program;
  /** Reads the client's variables. */
  readonly variables: VariableReader;
  /** Fetches what is asked for into the run's tree; undefined where nothing has to be fetched. */
  readonly fetch: ((run: Run) => Promise<void>) | undefined;
  /** Writes the data from the tree. */
  readonly complete: (input: CompletionInput) => CompletedData;
  readonly interfaces: ReadonlySet<string>;
  /** The `__schema` and `__type` fields whose values depend on variables. */
  readonly introspected: readonly IntrospectionField[];
}

/** A field that a planning process answers, as its value depends on variables. */
export interface IntrospectionField {
  readonly key: string;
  readonly query: string;
  readonly variables: readonly string[];
}

/** Compiles a program. Takes microseconds for a usual operation. */
export function compile(program: Program): CompiledOperation {
  return {
    program,
    variables: compileVariables(program),
    fetch: program.steps && compileSteps(program, program.steps),
    complete: compileCompletion(program),
    interfaces: new Set(program.interfaceObjects),
    introspected: introspectionFields(program),
  };
}

function introspectionFields({ selections }: Program): IntrospectionField[] {
  const fields = selections[0]?.fields ?? [];
  return fields.flatMap(({ key, value }) =>
    value.kind === 'introspection' && 'query' in value ? [{ key, query: value.query, variables: value.variables }] : [],
  );
}

type CompiledStep = (run: Run) => Promise<void>;

function compileSteps(program: Program, first: Step): CompiledStep {
  const places = placesOf(program);
  return compileStep(first);

  function compileStep(step: Step): CompiledStep {
    switch (step.kind) {
      case 'fetch':
        return compileFetch(step, program, places);
      case 'sequence': {
        const steps = step.steps.map(compileStep);
        return async (run) => {
          for (const each of steps) await each(run);
        };
      }
      case 'parallel': {
        const steps = step.steps.map(compileStep);
        return async (run) => {
          await Promise.all(steps.map((each) => each(run)));
        };
      }
      case 'condition': {
        const [then, otherwise] = [step.then, step.otherwise].map((branch) => branch && compileStep(branch));
        return async (run) => (run.variables[step.variable] === true ? then : otherwise)?.(run);
      }
    }
  }
}
