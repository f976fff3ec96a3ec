/**
 * Resolves in a task of its own, after messages that have arrived: WASM runs to its end without letting any in, so that long
 * work hears of "cancel" only where it waits for this. A timer would wait 4 ms.
 */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
