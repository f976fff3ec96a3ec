export interface ExportedFile {
  name: string;
  blob: Blob;
  /** What the person should know about the file: places left out, coordinates. */
  notes: string[];
}
