// The part of Node that the tests use; @types/node is 3 MB.
declare module 'node:test' {
  export function test(name: string, run: (context: TestContext) => void | Promise<void>): Promise<void>;
  export function afterEach(run: () => void): void;
  export interface TestContext {
    mock: {timers: {enable(options: {apis: string[]}): void; tick(milliseconds: number): void}};
  }
}
declare module 'node:fs' {
  export function readFileSync(path: URL, encoding: 'utf8'): string;
}
declare module 'node:assert/strict' {
  const assert: {
    equal<T>(actual: T, expected: T): void;
    deepEqual(actual: unknown, expected: unknown): void;
    notEqual<T>(actual: T, expected: T): void;
    ok(value: unknown, message?: string): void;
  };
  export default assert;
}
