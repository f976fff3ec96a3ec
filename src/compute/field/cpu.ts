import type { Size } from '../../core/geometry.ts';
import type { DenseField } from '../../core/match.ts';

/** A WarpField in ordinary memory: what the references work on. */
export interface PlainField extends DenseField {
  /** Size of the photo that the grid lies on, pixels. */
  photo: Size;
}

/** Both directions of one match in ordinary memory. */
export interface PlainMatchField {
  a: PlainField;
  b: PlainField;
}
