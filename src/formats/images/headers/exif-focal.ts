import type { Size } from '../../../core/geometry.ts';

/** Real directories hold 10–60 entries; more is a damaged or hostile count. */
const MAX_ENTRIES = 512;
const TAG = { exif: 0x8769, focal: 0x920a, width: 0xa002, planeX: 0xa20e, planeUnit: 0xa210, focal35: 0xa405 } as const;
const TYPE = { short: 3, long: 4, rational: 5 } as const;
/** Millimetres of a FocalPlaneResolutionUnit (EXIF 2.32, table 6): inch, centimetre, and the two that vendors add. */
const UNIT_MM: Record<number, number> = { 2: 25.4, 3: 10, 4: 1, 5: 0.001 };
/** Diagonal of the 35 mm frame, 36 × 24 mm: equivalents are told by it (CIPA DCG-001). */
const DIAGONAL_35 = Math.hypot(36, 24);

/** What a photo's EXIF says of its lens. */
export interface LensFacts {
  /** Equivalent focal length on 35 mm film, millimetres. */
  focal35: number | null;
  /** Focal length in pixels of a picture `width` pixels wide, from the sensor's resolution. */
  sensor: { focal: number; width: number | null } | null;
}

/**
 * Reads the lens from an EXIF payload (with or without its `Exif\0\0` mark). Bounded: two directories, each entry read
 * within the payload; anything odd is as if it were not there.
 */
export function exifLens(payload: DataView): LensFacts | null {
  const skip = payload.byteLength > 6 && payload.getUint32(0) === 0x45786966 ? 6 : 0;
  const tiff = new DataView(payload.buffer, payload.byteOffset + skip, payload.byteLength - skip);
  if (tiff.byteLength < 8) return null;
  const order = tiff.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (tiff.getUint16(2, little) !== 42) return null;
  const begin = directory(tiff, tiff.getUint32(4, little), little).get(TAG.exif);
  if (begin === undefined) return null;
  const values = directory(tiff, begin, little);
  const focal35 = positive(values.get(TAG.focal35));
  const focal = positive(values.get(TAG.focal));
  const resolution = positive(values.get(TAG.planeX));
  const unit = UNIT_MM[values.get(TAG.planeUnit) ?? 2];
  const sensor =
    focal !== null && resolution !== null && unit
      ? { focal: (focal * resolution) / unit, width: positive(values.get(TAG.width)) }
      : null;
  return focal35 === null && sensor === null ? null : { focal35, sensor };
}

/**
 * Focal length in pixels of a picture as it is stored, or null where EXIF does not say or says nonsense.
 * The 35 mm equivalent goes before the sensor's resolution: fewer cameras get it wrong.
 */
export function focalInPixels(lens: LensFacts | null, { width, height }: Size): number | null {
  if (!lens) return null;
  const bySensor = lens.sensor && lens.sensor.focal * (lens.sensor.width ? width / lens.sensor.width : 1);
  const focal = lens.focal35 !== null ? (lens.focal35 / DIAGONAL_35) * Math.hypot(width, height) : bySensor;
  // 3 mm fisheye to 2,000 mm, as equivalents.
  const equivalent = focal === null ? 0 : (focal / Math.hypot(width, height)) * DIAGONAL_35;
  return focal !== null && equivalent >= 3 && equivalent <= 2000 ? focal : null;
}

/** Numbers of a directory by their tags: the first of each entry's values. */
function directory(tiff: DataView, begin: number, little: boolean): Map<number, number> {
  const values = new Map<number, number>();
  if (begin + 2 > tiff.byteLength) return values;
  const count = Math.min(tiff.getUint16(begin, little), MAX_ENTRIES);
  for (let i = 0; i < count; i++) {
    const entry = begin + 2 + 12 * i;
    if (entry + 12 > tiff.byteLength) break;
    const type = tiff.getUint16(entry + 2, little);
    const tag = tiff.getUint16(entry, little);
    if (type === TYPE.short) values.set(tag, tiff.getUint16(entry + 8, little));
    else if (type === TYPE.long) values.set(tag, tiff.getUint32(entry + 8, little));
    else if (type === TYPE.rational) {
      const at = tiff.getUint32(entry + 8, little);
      if (at + 8 <= tiff.byteLength) values.set(tag, tiff.getUint32(at, little) / tiff.getUint32(at + 4, little));
    }
  }
  return values;
}

const positive = (value: number | undefined): number | null =>
  value !== undefined && value > 0 && Number.isFinite(value) ? value : null;
