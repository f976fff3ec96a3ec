// WebCrypto wants all bytes at once, and a model does not fit in memory twice; these hash streams and are audited.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 of a stream. */
export class Sha256 {
  private readonly hash = sha256.create();

  update(bytes: Uint8Array): this {
    this.hash.update(bytes);
    return this;
  }

  /** The digest as 64 lower-case hexadecimal digits. Ends the stream. */
  hex(): string {
    return bytesToHex(this.hash.digest());
  }
}
