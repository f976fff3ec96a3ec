/**
 * What a file from the internet may ask of us. Each limit is far above what published checkpoints need
 * and far below what hurts a browser tab; exceeding one is a coded error that names it.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** A pickled state dict takes about 150 bytes a tensor; one with optimizer state and history stays under 10 MiB. */
export const MAX_PICKLE_BYTES = 32 * MIB;

/** A tensor takes about 30 opcodes. One opcode is one byte at least, so this bounds time, not only memory. */
export const MAX_PICKLE_OPCODES = 5_000_000;

/** `}` is one byte in the file but a few hundred in a JavaScript heap: containers have their own, lower limit. */
export const MAX_PICKLE_CONTAINERS = 1_000_000;

/** Decimal digits of one integer: turning text into a big integer is quadratic (CPython has the same limit). */
export const MAX_INTEGER_DIGITS = 4300;

/** Values visited while looking for tensors: shared references make a small pickle unfold exponentially. */
export const MAX_VISITED_VALUES = 1_000_000;

/** Dictionaries inside dictionaries. Trainers nest four or five deep. */
export const MAX_NESTING = 64;

/** Dimensions of a tensor; PyTorch's own limit. */
export const MAX_RANK = 64;

/** Elements of a tensor: 2^40 keeps every later product with an element size an exact integer. */
export const MAX_TENSOR_ELEMENTS = 2 ** 40;

/** One tensor read at once: the largest ArrayBuffer that every browser allows. */
export const MAX_TENSOR_BYTES = 2 ** 31 - 8;

/** A view that repeats its storage (stride 0) may grow by this much, no more: a few bytes must not become gigabytes. */
export const MAX_EXPANDED_BYTES = 64 * MIB;

/** A strided view is gathered in pieces whose covering range is at most this, so that holes cost no memory. */
export const MAX_GATHER_BYTES = 64 * MIB;

/** One storage an entry: a large model with optimizer state has a few thousand. */
export const MAX_ZIP_ENTRIES = 100_000;

/** 46 bytes and a name for each entry: generous for {@link MAX_ZIP_ENTRIES}. */
export const MAX_ZIP_DIRECTORY_BYTES = 32 * MIB;

/** Deflate cannot expand more than 1032:1; an entry that declares more is lying about its size. */
export const MAX_DEFLATE_RATIO = 1032;

/** Compressed bytes read at a time while inflating. */
export const INFLATE_CHUNK_BYTES = 256 * KIB;

/** About 100 bytes of JSON a tensor; parsing takes several times this in memory. */
export const MAX_SAFETENSORS_HEADER_BYTES = 16 * MIB;

/** A npy header is a line of text; structured dtypes, which are refused anyway, are the only longer ones. */
export const MAX_NPY_HEADER_BYTES = 64 * KIB;

/** One array of an npz in memory. */
export const MAX_NPY_BYTES = MAX_TENSOR_BYTES;

/** First look at a pickle whose length the container does not say; doubled until the pickle ends. */
export const PICKLE_WINDOW_BYTES = 64 * KIB;

/** Lines in a report before "and N more". */
export const MAX_NOTES = 100;
