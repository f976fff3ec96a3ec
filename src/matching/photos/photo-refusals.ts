import type { FileKind } from '../../formats/images/image-header.ts';

/** Why a kind of file is no photo, and what to do instead. The rest are opened, or tried. */
export const REFUSALS: Partial<Record<FileKind, { code: string; is: string; remedy: string }>> = {
  empty: {
    code: 'empty-file',
    is: 'is empty (0 bytes)',
    remedy: 'The download or copy probably failed: fetch the file again.',
  },
  svg: {
    code: 'format-unsupported',
    is: 'is an SVG drawing, which can hold scripts and is not opened here',
    remedy: 'Export it as PNG and choose that.',
  },
  pdf: { code: 'not-a-photo', is: 'is a PDF document', remedy: 'Export the page or picture as PNG or JPEG.' },
  html: {
    code: 'not-a-photo',
    is: 'is a web page (HTML), whatever its name says',
    remedy: 'Open the page, and save or drag the picture itself.',
  },
  video: { code: 'not-a-photo', is: 'is a film', remedy: 'Save a frame of it as JPEG or PNG.' },
  archive: { code: 'not-a-photo', is: 'is an archive', remedy: 'Unpack it and choose one of the photos inside.' },
  text: {
    code: 'not-a-photo',
    is: 'holds text, no picture',
    remedy: 'Choose a JPEG, PNG, WebP, AVIF, GIF or BMP file.',
  },
  unknown: {
    code: 'not-a-photo',
    is: 'is not in a picture format that is known here',
    remedy: 'Choose a JPEG, PNG, WebP, AVIF, GIF or BMP file.',
  },
};

/** Formats that some browsers decode and others do not: tried, and this said if it fails. */
export const RARE_FORMATS: Partial<Record<FileKind, string>> = {
  heic: 'a HEIC/HEIF photo',
  tiff: 'a TIFF or camera raw file',
};

/** Formats that no header reader bounds, so that they are not given to a decoder at all. */
export const UNREAD_FORMATS: Partial<Record<FileKind, string>> = {
  jxl: 'a JPEG XL picture',
  jp2: 'a JPEG 2000 picture',
  psd: 'a Photoshop document',
};
