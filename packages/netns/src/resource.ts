/**
 * Undo steps, run in reverse order unless the work succeeded.
 *
 * Every create in several steps pushes its undo right after each step and calls `commit()` at the end, so that an
 * error half-way leaves nothing behind:
 *
 *     using undo = new ResourceStack();
 *     const fd = undo.use(openSomething());
 *     undo.defer(() => unlink(path));
 *     undo.commit();
 */
export class ResourceStack implements Disposable {
  #steps: (() => void)[] = [];

  /** Nothing would have to be undone. */
  get empty(): boolean {
    return this.#steps.length === 0;
  }

  /** Disposes of `resource` on failure, and returns it. */
  use<T extends Disposable>(resource: T): T {
    this.defer(() => resource[Symbol.dispose]());
    return resource;
  }

  /** Runs `step` on failure. */
  defer(step: () => void): void {
    this.#steps.push(step);
  }

  /** The work succeeded: forget the undo steps. */
  commit(): void {
    this.#steps = [];
  }

  /** Runs all steps, the last one first; one that throws does not stop the others. */
  [Symbol.dispose](): void {
    const errors: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'several clean-up steps failed');
  }
}
