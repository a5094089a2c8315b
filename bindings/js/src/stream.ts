/** What a loop gets one by one, and may leave at any time. */

const OVER = { done: true, value: undefined } as const;

/** @internal An iterator that is made of what `produce` gives. It is over when that gives nothing, throws, or was left. */
export abstract class Stream<T extends object> {
  /** Is aborted when the stream is left. */
  protected readonly _ending = new AbortController();
  /** What was asked for last. */
  #last: Promise<unknown> = Promise.resolve();
  #isLeft = false;
  #isOver = false;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    // One after the other, as a generator does.
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => {});
    return next;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isLeft = true;
    this._ending.abort();
    await this.#last;
    await this.#end();
    return OVER;
  }

  /** The next one, or nothing at the end. It ends soon once `_ending` is aborted, however it does. */
  protected abstract _produce(): Promise<T | undefined>;

  /** Is called once at the end. */
  protected abstract _close(): void | Promise<void>;

  async #next(): Promise<IteratorResult<T, undefined>> {
    try {
      const value = this.#isOver || this.#isLeft ? undefined : await this._produce();
      if (value && !this.#isLeft) {
        return { done: false, value };
      }
    } catch (error) {
      await this.#end();
      if (!this.#isLeft) {
        throw error;
      }
    }
    await this.#end();
    return OVER;
  }

  async #end(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      await this._close();
    }
  }
}
