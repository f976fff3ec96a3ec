import { type EncodedFrame, writeWebm } from '../../../../../formats/images/webm-writer.ts';
import { CodedError } from '../../../../../core/errors.ts';
import type { Size } from '../../../../../core/geometry.ts';
import type { Film } from './frame-source.ts';

/** Codecs that WebM holds, as WebCodecs and as Matroska name them, the better one first. */
const CODECS = [
  { codec: 'vp09.00.31.08', name: 'V_VP9' },
  { codec: 'vp8', name: 'V_VP8' },
] as const;
const BITS_A_PIXEL = 0.25;
const KEY_EVERY = 48;
/** Frames that wait for the encoder at most: each holds a whole picture. */
const MAX_QUEUE = 4;

/**
 * Frames as WebM by the browser's own encoder (WebCodecs). The round is repeated as often as it is to be played, since a
 * video says nothing about looping. Throws `animation-no-webm` where the browser has no encoder, `cancelled`.
 */
export async function encodeWebm({ size, steps, settings, frames }: Film): Promise<Blob> {
  const round = steps.reduce((sum, { duration }) => sum + duration, 0);
  const bitrate = Math.round((BITS_A_PIXEL * size.width * size.height * steps.length * 1000) / round);
  const { codec, name } = await chooseCodec(size, bitrate);
  const encoded: EncodedFrame[] = [];
  let failure: unknown = null;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      encoded.push({ data, timestamp: chunk.timestamp / 1000, isKey: chunk.type === 'key' });
    },
    error: (error) => (failure = error),
  });
  try {
    encoder.configure({ codec, ...size, bitrate, latencyMode: 'quality' });
    let [at, count] = [0, 0];
    for (let play = 0; play < Math.max(1, settings.loops); play++) {
      for await (const { pixels, duration } of frames()) {
        if (failure) throw failed(failure);
        const frame = new VideoFrame(pixels as Uint8Array<ArrayBuffer>, {
          format: 'RGBA',
          codedWidth: size.width,
          codedHeight: size.height,
          timestamp: 1000 * at,
          duration: 1000 * duration,
        });
        encoder.encode(frame, { keyFrame: count++ % KEY_EVERY === 0 });
        frame.close();
        at += duration;
        while (encoder.encodeQueueSize > MAX_QUEUE) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    await encoder.flush();
    if (failure) throw failed(failure);
    return writeWebm(encoded, { ...size, codec: name, duration: at });
  } catch (thrown) {
    throw thrown instanceof CodedError ? thrown : failed(thrown);
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
}

async function chooseCodec(size: Size, bitrate: number): Promise<(typeof CODECS)[number]> {
  if (typeof VideoEncoder !== 'undefined') {
    for (const choice of CODECS) {
      const { supported } = await VideoEncoder.isConfigSupported({ codec: choice.codec, ...size, bitrate });
      if (supported) return choice;
    }
  }
  throw new CodedError('animation-no-webm', 'This browser cannot encode WebM video.', 'Choose GIF or APNG.');
}

const failed = (cause: unknown) =>
  new CodedError('animation-failed', 'The browser’s video encoder stopped.', 'Choose GIF or APNG, or a smaller size.', {
    cause,
  });
