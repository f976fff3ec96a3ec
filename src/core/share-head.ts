/** Name of the picture that share files begin with. */
export const POSTER_NAME = 'poster.jpg';

const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04];
const NAME_AT = 30;

/** Bytes that {@link startsAsShare} looks at. */
export const SHARE_HEAD_BYTES = NAME_AT + POSTER_NAME.length;

/** Whether bytes begin as a share file does: a zip whose first entry is the picture. */
export function startsAsShare(head: Uint8Array): boolean {
  const name = new TextDecoder().decode(head.subarray(NAME_AT, SHARE_HEAD_BYTES));
  return ZIP_SIGNATURE.every((byte, i) => head[i] === byte) && name === POSTER_NAME;
}
