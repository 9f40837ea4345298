/** First in, first out. Unlike `Array.prototype.shift`, taking the first of very many does not move the others. */
export class Fifo<T> {
  #items: T[] = [];
  /** How many of them have been taken. */
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The first one; undefined when there is none. */
  shift(): T | undefined {
    if (this.#taken === this.#items.length) return undefined;
    const item = this.#items[this.#taken];
    this.#items[this.#taken++] = undefined as T;
    if (this.#taken === this.#items.length) this.clear();
    else if (this.#taken >= 1024 && this.#taken * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
