import type { ArchiveHandle } from '../../contract/archive.ts';

type Picker = (options: object) => Promise<ArchiveHandle>;

/**
 * Asks where the archive is to be written, where the browser can write into a file piece by piece.
 * @returns the file; null where the browser cannot, and the archive is saved as a download; undefined where the person
 * changed their mind
 */
export async function pickArchive(name: string): Promise<ArchiveHandle | null | undefined> {
  const pick = (window as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (!pick) return null;
  try {
    return await pick({ suggestedName: name, types: [{ accept: { 'application/zip': ['.zip'] } }] });
  } catch (thrown) {
    // In frames of other sites it is there and forbidden.
    return thrown instanceof DOMException && thrown.name === 'AbortError' ? undefined : null;
  }
}
