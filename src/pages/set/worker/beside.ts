import { type KnownCamera, cameraText } from '../../../core/camera-model.ts';
import { CodedError, type PlainError, toPlainError } from '../../../core/errors.ts';
import { isMaskName, isMaskNameOf } from '../../../core/mask.ts';
import { MAX_CAMERA_FILE_BYTES } from '../../../formats/cameras/camera-file.ts';
import { camerasOfPhotos, type CameraText } from '../../../formats/cameras/set-cameras.ts';
import { openMask } from '../../../matching/photos/open-mask.ts';
import type { BesideFacts, SetPhotoFacts } from '../contract/api.ts';
import type { SetStore } from './set-store.ts';

type Refusal = BesideFacts['refused'][number];
type SetPhoto = Pick<SetPhotoFacts, 'id' | 'name' | 'size'>;

/** Calibrations of a set at most: one a photo, and one for all. */
const MAX_CALIBRATIONS = 500;

/** Masks and measured cameras of the photos of a set, by the files that lie beside them. */
export class Beside {
  private cameras = new Map<string, KnownCamera>();

  constructor(private readonly store: SetStore) {}

  camera(id: string): KnownCamera | null {
    return this.cameras.get(id) ?? null;
  }

  /** Finds the cameras of the photos that are there now, takes new files, and tells what is known. */
  async take(files: readonly File[]): Promise<BesideFacts> {
    const { store } = this;
    const photos = await store.kept();
    const refused: Refusal[] = [];
    for (const file of files.filter(({ name }) => isMaskName(name))) {
      try {
        await this.takeMask(file, photos);
      } catch (thrown) {
        refused.push({ name: file.name, error: toPlainError(thrown) });
      }
    }
    const given: CameraText[] = [];
    for (const file of files.filter(({ name }) => !isMaskName(name))) {
      if (file.size > MAX_CAMERA_FILE_BYTES) refused.push({ name: file.name, error: tooLarge(file) });
      else given.push({ name: file.name, text: await file.text() });
    }
    const kept = store.calibrations.filter(({ name }) => !given.some((one) => one.name === name));
    const found = await camerasOfPhotos([...kept, ...given], photos);
    const isNew = ({ name }: { name: string }) => given.some((one) => one.name === name);
    const unused = found.refused.filter(isNew);
    refused.push(...unused.map(({ name, error }) => ({ name, error: noPhoto(name, error) })));
    const used = [...kept, ...given].filter(({ name }) => !unused.some((one) => one.name === name));
    if (given.length) await store.calibrate(used.slice(0, MAX_CALIBRATIONS));
    this.cameras = new Map(photos.flatMap(({ id }, i) => (found.cameras[i] ? [[id, found.cameras[i]!]] : [])));
    return this.facts(photos, refused);
  }

  async forget(what: 'cameras' | 'masks'): Promise<BesideFacts> {
    const photos = await this.store.kept();
    if (what === 'masks') for (const { id } of photos) await this.store.setMask(id, null);
    else {
      await this.store.calibrate([]);
      this.cameras = new Map();
    }
    return this.facts(photos, []);
  }

  private async takeMask(file: File, photos: readonly SetPhoto[]): Promise<void> {
    const own = photos.filter(({ name }) => isMaskNameOf(file.name, name));
    if (own.length === 0) {
      const remedy = 'Call it as its photo: left.mask.png for left.jpg.';
      throw new CodedError('mask-nobodys', `“${file.name}” is the mask of no photo of this set.`, remedy);
    }
    for (const { id, size } of own) await this.store.setMask(id, await openMask(file, file.name, size));
  }

  private facts(photos: readonly SetPhoto[], refused: Refusal[]): BesideFacts {
    const of = ({ id }: SetPhoto) => {
      const camera = this.camera(id);
      return { camera: camera && cameraText(camera), isMasked: this.store.mask(id) !== null };
    };
    return {
      photos: Object.fromEntries(photos.map((photo) => [photo.id, of(photo)])),
      calibrations: this.store.calibrations.map(({ name }) => name),
      refused,
    };
  }
}

/** A text without a camera in it is first of all no photo: that is what it was dropped as. */
const noPhoto = (name: string, error: PlainError): PlainError =>
  ['camera-unknown', 'camera-malformed'].includes(error.code) && /\.txt$/i.test(name)
    ? { code: 'set-no-photo', message: `“${name}” is no photo, and tells no camera.`, remedy: 'It is left out.' }
    : error;

const tooLarge = ({ name, size }: File): PlainError => ({
  code: 'limit-exceeded',
  message: `“${name}” has ${Math.round(size / 2 ** 20)} MB, too many for a file of cameras.`,
  remedy: 'Choose the file that a calibration wrote.',
});
