import type { Size } from '../../core/geometry.ts';

/** A frame as a video encoder gave it. */
export interface EncodedFrame {
  data: Uint8Array<ArrayBuffer>;
  /** Milliseconds from the beginning. */
  timestamp: number;
  isKey: boolean;
}

export interface WebmOptions extends Size {
  codec: 'V_VP8' | 'V_VP9';
  /** Milliseconds. */
  duration: number;
}

const APP = 'LiftMatch';
/** Times of frames are 16-bit counts from the beginning of their cluster. */
const MAX_CLUSTER = 30_000;

/** Ids of the Matroska elements that are written. */
const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A silent WebM of encoded frames, all in memory: short films need no index.
 * @see https://www.matroska.org/technical/elements.html
 */
export function writeWebm(frames: readonly EncodedFrame[], { width, height, codec, duration }: WebmOptions): Blob {
  const header = element(ID.ebml, [
    element(ID.ebmlVersion, [uint(1)]),
    element(ID.ebmlReadVersion, [uint(1)]),
    element(ID.ebmlMaxIdLength, [uint(4)]),
    element(ID.ebmlMaxSizeLength, [uint(8)]),
    element(ID.docType, [text('webm')]),
    element(ID.docTypeVersion, [uint(4)]),
    element(ID.docTypeReadVersion, [uint(2)]),
  ]);
  const info = element(ID.info, [
    // A millisecond in nanoseconds.
    element(ID.timestampScale, [uint(1_000_000)]),
    element(ID.duration, [float(duration)]),
    element(ID.muxingApp, [text(APP)]),
    element(ID.writingApp, [text(APP)]),
  ]);
  const tracks = element(ID.tracks, [
    element(ID.trackEntry, [
      element(ID.trackNumber, [uint(1)]),
      element(ID.trackUid, [uint(1)]),
      element(ID.trackType, [uint(1)]),
      element(ID.flagLacing, [uint(0)]),
      element(ID.codecId, [text(codec)]),
      element(ID.video, [element(ID.pixelWidth, [uint(width)]), element(ID.pixelHeight, [uint(height)])]),
    ]),
  ]);
  const segment = element(ID.segment, [info, tracks, ...clusters(frames)]);
  return new Blob([header, segment], { type: 'video/webm' });
}

/** Frames from one key frame to the next. */
function clusters(frames: readonly EncodedFrame[]): Bytes[] {
  const groups: EncodedFrame[][] = [];
  for (const frame of frames) {
    const group = groups.at(-1);
    const isLate = group && frame.timestamp - group[0].timestamp > MAX_CLUSTER;
    if (!group || frame.isKey || isLate) groups.push([frame]);
    else group.push(frame);
  }
  return groups.map((group) => {
    const start = Math.round(group[0].timestamp);
    const simpleBlocks = group.map(({ data, timestamp, isKey }) => {
      const relative = Math.round(timestamp) - start;
      const head = Uint8Array.of(0x81, relative >> 8, relative & 255, isKey ? 0x80 : 0);
      return element(ID.simpleBlock, [head, data]);
    });
    return element(ID.cluster, [element(ID.timestamp, [uint(start)]), ...simpleBlocks]);
  });
}

/** An element: its id, its size in eight bytes, its content. */
function element(id: number, content: readonly Uint8Array[]): Bytes {
  const name = bigEndian(id);
  const size = content.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(name.length + 8 + size);
  bytes.set(name);
  const view = new DataView(bytes.buffer);
  view.setUint32(name.length, 0x01000000 | Math.floor(size / 2 ** 32));
  view.setUint32(name.length + 4, size % 2 ** 32);
  let at = name.length + 8;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A number in as few bytes as hold it. */
function bigEndian(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

const uint = (value: number): Bytes => (value === 0 ? Uint8Array.of(0) : bigEndian(value));
const text = (value: string): Bytes => new TextEncoder().encode(value) as Bytes;

function float(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return new Uint8Array(view.buffer);
}
