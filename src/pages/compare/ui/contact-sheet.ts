import { CodedError } from '../../../core/errors.ts';
import { columnLayout } from './columns/column-layout.ts';
import { type ColumnPicture, drawColumn } from './columns/draw-column.ts';

export interface SheetColumn {
  title: string;
  picture: ColumnPicture;
}

/** Pixels of a column, and of what lies around it. */
const COLUMN = 518;
const GAP = 12;
const TITLE = 40;

/** The comparison as one PNG in the layout of the L2M paper's figure: a column an encoder with its title, a row a photo. */
export async function contactSheet(columns: readonly SheetColumn[]): Promise<Blob> {
  const { height } = columnLayout(columns[0].picture.photos, COLUMN);
  const canvas = document.createElement('canvas');
  canvas.width = columns.length * COLUMN + (columns.length + 1) * GAP;
  canvas.height = Math.ceil(height) + TITLE + GAP;
  const context = canvas.getContext('2d');
  if (!context) throw sheetFailed();
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  columns.forEach(({ title, picture }, i) => {
    context.save();
    context.translate(GAP + i * (COLUMN + GAP), 0);
    context.fillStyle = '#1d1d1b';
    context.font = '600 20px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(title, COLUMN / 2, TITLE / 2, COLUMN);
    context.translate(0, TITLE);
    drawColumn(context, picture, COLUMN);
    context.restore();
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw sheetFailed();
  return blob;
}

const sheetFailed = () =>
  new CodedError('sheet-failed', 'The contact sheet could not be drawn.', 'Close other tabs and try again.');
