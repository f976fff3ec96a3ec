import type { MatchContext } from '../../views/matches/canvas.ts';

type Paint = string | CanvasGradient | CanvasPattern;

/**
 * The part of a 2D canvas that matches are drawn with, writing SVG elements instead: one a stroke or fill, so that every
 * line and dot stays a shape of its own in a drawing program.
 */
export class SvgPen implements MatchContext {
  strokeStyle: Paint = '#000';
  fillStyle: Paint = '#000';
  lineWidth = 1;
  globalAlpha = 1;
  readonly elements: string[] = [];
  /** The shape begun: its element's name and geometry. */
  private shape = '';
  private start = '';

  beginPath(): void {
    this.shape = this.start = '';
  }

  moveTo(x: number, y: number): void {
    this.start = `M${short(x)} ${short(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.shape = `path d="${this.start}L${short(x)} ${short(y)}"`;
  }

  /** Whole circles only: matches have no others. */
  arc(x: number, y: number, radius: number): void {
    this.shape = `circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}"`;
  }

  stroke(): void {
    const paint = `fill="none" stroke="${String(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"`;
    this.elements.push(`<${this.shape} ${paint} stroke-opacity="${short(this.globalAlpha)}"/>`);
  }

  fill(): void {
    this.elements.push(`<${this.shape} fill="${String(this.fillStyle)}" fill-opacity="${short(this.globalAlpha)}"/>`);
  }
}

/** A hundredth of a pixel is as fine as a drawing needs. */
const short = (value: number): string => String(Math.round(value * 100) / 100);
