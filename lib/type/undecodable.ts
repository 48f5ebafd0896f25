/**
 * The error for an instance of a registered class that cannot be made again.
 *
 * @module
 */

import { CacheError, type CacheErrorDetails } from "../errors.ts";

/** To the outside a {@link CacheError} `ERR_UNSUPPORTED_VALUE`. */
export class Undecodable extends CacheError {
  /**
   * Whether only this process lacks what it takes, such as the registration: the entry is as good as
   * any, and must be left to the processes that have it.
   */
  readonly elsewhere: boolean;

  constructor(message: string, elsewhere: boolean, details?: CacheErrorDetails) {
    super("ERR_UNSUPPORTED_VALUE", message, details);
    this.elsewhere = elsewhere;
  }
}
